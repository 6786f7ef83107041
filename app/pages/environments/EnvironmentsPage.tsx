import { ExternalLink, Moon, Plus, RotateCw, Search, Sun, Trash2, WifiOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { deleteEnvironment } from '../../api/environments.ts';
import type { Environment } from '../../api/environments.ts';
import { navigate, workspacePath } from '../../state/router.ts';
import { theme, toggleTheme } from '../../state/theme.ts';
import { attempt, toast } from '../../state/toasts.ts';
import { Button, ErrorText, IconButton } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Logo } from '../../ui/Logo.tsx';
import { useStore } from '../../ui/use-store.ts';
import { CreateDialog } from './CreateDialog.tsx';
import { age, environments, followEnvironments, matches, refreshEnvironments } from './environments-store.ts';

export function EnvironmentsPage() {
  const state = useStore(environments);
  const [query, setQuery] = useState('');
  const [creating, setCreating] = useState(false);
  const [ending, setEnding] = useState<Environment>();
  const search = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const abort = new AbortController();
    followEnvironments(abort.signal);
    return () => abort.abort();
  }, []);
  useEffect(() => {
    if (state.needsSignIn) navigate('/login?returnTo=%2F');
  }, [state.needsSignIn]);
  usePageKeys(() => setCreating(true), () => search.current?.focus(), creating || ending !== undefined);

  const found = (state.environments ?? []).filter((one) => matches(one, query.trim()));
  return (
    <div className="manager">
      <Header onCreate={() => setCreating(true)} />
      <main className="manager-main">
        <div className="manager-title">
          <div>
            <h1>Environments</h1>
            <p>Each task has its own container, editor and preview, in this browser.</p>
          </div>
          <div className="search-box">
            <Search size={15} aria-hidden="true" />
            <input ref={search} className="input" type="search" placeholder="Search" aria-label="Search environments" value={query} onChange={(event) => setQuery(event.target.value)} />
            <kbd>/</kbd>
          </div>
        </div>
        {state.error !== undefined && <LoadError error={state.error} offline={state.offline} />}
        {state.environments === undefined ? (
          state.error === undefined && <LoadingRows />
        ) : state.environments.length === 0 ? (
          <Empty onCreate={() => setCreating(true)} />
        ) : found.length === 0 ? (
          <p className="manager-none">Nothing matches “{query}”.</p>
        ) : (
          <EnvironmentTable rows={found} now={state.loadedAt} onEnd={setEnding} />
        )}
      </main>
      {creating && <CreateDialog templates={state.templates} onClose={() => setCreating(false)} />}
      {ending !== undefined && <EndDialog environment={ending} onClose={() => setEnding(undefined)} />}
    </div>
  );
}

function usePageKeys(create: () => void, search: () => void, off: boolean) {
  useEffect(() => {
    if (off) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
      if (event.key !== 'c' && event.key !== '/') return;
      event.preventDefault();
      if (event.key === 'c') create();
      else search();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

function Header({ onCreate }: { onCreate: () => void }) {
  const { theme: shown } = useStore(theme);
  return (
    <header className="manager-header">
      <Logo />
      <strong>Terrarium</strong>
      <span className="grow" />
      <IconButton label={shown === 'dark' ? 'Light theme' : 'Dark theme'} onClick={toggleTheme}>
        {shown === 'dark' ? <Sun size={16} /> : <Moon size={16} />}
      </IconButton>
      <Button kind="primary" onClick={onCreate}>
        <Plus size={15} /> New environment
      </Button>
    </header>
  );
}

function LoadError({ error, offline }: { error: { code?: string; message: string }; offline: boolean }) {
  return (
    <div className="banner bad" role="alert">
      {offline && <WifiOff size={16} />}
      <p>
        <ErrorText error={error} />
      </p>
      <Button small onClick={() => attempt(() => refreshEnvironments())}>
        <RotateCw size={13} /> Try again
      </Button>
    </div>
  );
}

function LoadingRows() {
  return (
    <div className="card-list" role="status" aria-label="Loading environments">
      {[0, 1, 2].map((row) => (
        <div key={row} className="skeleton" style={{ height: 60 }} />
      ))}
    </div>
  );
}

function Empty({ onCreate }: { onCreate: () => void }) {
  return (
    <div className="manager-empty">
      <Logo size={56} />
      <h2>No environments yet</h2>
      <p>Pick a template; in a few seconds its dev server runs in this tab.</p>
      <Button kind="primary" onClick={onCreate}>
        <Plus size={15} /> New environment
      </Button>
      <p className="code">
        or press <kbd>C</kbd>
      </p>
    </div>
  );
}

const STATUS_CHIP = { initializing: 'warn', running: 'good', suspended: '', stopped: '' } as const;

function EnvironmentTable({ rows, now, onEnd }: { rows: Environment[]; now: number; onEnd: (environment: Environment) => void }) {
  return (
    <ul className="card-list" aria-label="Environments" onKeyDown={moveAmongRows}>
      {rows.map((row) => (
        <EnvironmentRow key={row.environmentId} row={row} now={now} onEnd={onEnd} />
      ))}
    </ul>
  );
}

function EnvironmentRow({ row, now, onEnd }: { row: Environment; now: number; onEnd: (environment: Environment) => void }) {
  const path = workspacePath(row.environmentId);
  const onDelete = (event: KeyboardEvent) => {
    if (event.key === 'Delete') onEnd(row);
  };
  return (
    <li className="environment-row">
      <a
        className="environment-link"
        href={path}
        onKeyDown={onDelete}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          navigate(path);
        }}
      >
        <span className="template-mark" data-template={row.template} aria-hidden="true">
          {row.template.slice(0, 2)}
        </span>
        <span className="environment-name">
          <strong>{row.taskId}</strong>
          <span>
            {row.template}
            {row.agentId !== undefined && <> · agent {row.agentId}</>}
          </span>
        </span>
        <span className={`chip ${STATUS_CHIP[row.status]}`}>
          <span className={row.status === 'initializing' ? 'dot pulse' : 'dot'} />
          {row.status}
        </span>
        <span className="environment-fact" title="Open connections to it">
          {row.connections === 0 ? 'nobody here' : `${row.connections} here`}
        </span>
        <span className="environment-fact" title={new Date(row.createdAt).toLocaleString()}>
          {age(row.createdAt, now)}
        </span>
      </a>
      <IconButton label={`Open ${row.taskId} in a new tab`} onClick={() => window.open(path, '_blank', 'noopener')}>
        <ExternalLink size={15} />
      </IconButton>
      <IconButton label={`Terminate ${row.taskId}`} onClick={() => onEnd(row)}>
        <Trash2 size={15} />
      </IconButton>
    </li>
  );
}

function moveAmongRows(event: KeyboardEvent<HTMLUListElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('.environment-link')];
  const at = links.findIndex((link) => link === document.activeElement);
  event.preventDefault();
  links.at(event.key === 'ArrowDown' ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0))?.focus();
}

function EndDialog({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const end = async () => {
    onClose();
    await deleteEnvironment(environment.environmentId);
    toast({ kind: 'success', message: `${environment.taskId} is terminated.` });
    await refreshEnvironments();
  };
  return (
    <Dialog title={`Terminate ${environment.taskId}?`} onClose={onClose}>
      <p>Its files, its container and its previews are deleted for everybody in it. This cannot be undone.</p>
      <div className="dialog-foot">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" onClick={() => attempt(end)}>
          <Trash2 size={14} /> Terminate
        </Button>
      </div>
    </Dialog>
  );
}
