import { Moon, Play, Plus, RotateCw, Search, Sun, Trash2, WifiOff, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { resumeEnvironment, suspendEnvironment } from '../../api/environments.ts';
import type { Environment } from '../../api/environments.ts';
import { navigate } from '../../state/router.ts';
import { theme, toggleTheme } from '../../state/theme.ts';
import { attempt } from '../../state/toasts.ts';
import { Button, ErrorText, IconButton } from '../../ui/controls.tsx';
import { Logo } from '../../ui/Logo.tsx';
import { useStore } from '../../ui/use-store.ts';
import { CreateDialog } from './CreateDialog.tsx';
import { EndDialog } from './EndDialog.tsx';
import { EnvironmentDetails } from './EnvironmentDetails.tsx';
import { EnvironmentTable } from './EnvironmentTable.tsx';
import { TerminatedTable } from './TerminatedTable.tsx';
import { environments, followEnvironments, matches, matchesTerminated, refreshEnvironments } from './environments-store.ts';

export function EnvironmentsPage() {
  const state = useStore(environments);
  const [query, setQuery] = useState('');
  const [creating, setCreating] = useState(false);
  const [ending, setEnding] = useState<Environment[]>();
  const [status, setStatus] = useState<StatusFilter>('all');
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState<string>();
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

  const all = state.environments ?? [];
  const found = all.filter((one) => matches(one, query.trim()) && (status === 'all' || (status !== 'terminated' && STATUSES[status].includes(one.status))));
  const ended = state.terminated.filter((one) => matchesTerminated(one, query.trim()));
  // What is not seen is not acted upon.
  const selected = found.filter(({ environmentId }) => picked.has(environmentId));
  const detailed = all.find(({ environmentId }) => environmentId === shown);
  const actions = {
    onEnd: setEnding,
    onSuspend: (some: Environment[]) => attempt(() => forEach(some, suspendEnvironment)),
    onResume: (some: Environment[]) => attempt(() => forEach(some, resumeEnvironment)),
    onSelect: (id: string, isSelected: boolean) => setPicked((before) => new Set([...before].filter((one) => one !== id).concat(isSelected ? [id] : []))),
    onShow: setShown,
  };
  return (
    <div className="manager">
      <Header onCreate={() => setCreating(true)} />
      <main className="manager-main">
        <div className="manager-title">
          <div>
            <h1>Environments</h1>
            <p>Each task has its own container, editor and preview, in this browser. {state.environments !== undefined && `${all.filter(isActive).length} of ${state.maxActive} are active.`}</p>
          </div>
          <div className="search-box">
            <Search size={15} aria-hidden="true" />
            <input ref={search} className="input" type="search" placeholder="Search" aria-label="Search environments" value={query} onChange={(event) => setQuery(event.target.value)} />
            <kbd>/</kbd>
          </div>
        </div>
        {all.length + state.terminated.length > 0 && <Filters all={all} terminated={state.terminated.length} status={status} onStatus={setStatus} found={found} selected={selected} onAll={(isAll) => setPicked(new Set(isAll ? found.map(({ environmentId }) => environmentId) : []))} {...actions} />}
        {state.error !== undefined && <LoadError error={state.error} offline={state.offline} />}
        {state.environments === undefined ? (
          state.error === undefined && <LoadingRows />
        ) : status === 'terminated' && ended.length > 0 ? (
          <TerminatedTable rows={ended} now={state.loadedAt} />
        ) : state.environments.length === 0 && status !== 'terminated' ? (
          <Empty onCreate={() => setCreating(true)} />
        ) : found.length === 0 ? (
          <p className="manager-none">{query.trim() === '' ? 'There is none of this status.' : `Nothing matches “${query}”.`}</p>
        ) : (
          <div className={detailed === undefined ? '' : 'manager-columns'} onKeyDown={(event) => event.key === 'Escape' && setShown(undefined)}>
            <EnvironmentTable rows={found} now={state.loadedAt} selected={picked} shown={detailed?.environmentId} {...actions} />
            {detailed !== undefined && <EnvironmentDetails key={detailed.environmentId} environment={detailed} onResume={() => actions.onResume([detailed])} onClose={() => setShown(undefined)} />}
          </div>
        )}
      </main>
      {creating && <CreateDialog templates={state.templates} onClose={() => setCreating(false)} />}
      {ending !== undefined && <EndDialog environments={ending} onClose={() => setEnding(undefined)} />}
    </div>
  );
}

const STATUSES = { created: ['initializing'], active: ['running'], suspended: ['suspended'] } satisfies Record<string, Environment['status'][]> as Record<'created' | 'active' | 'suspended', Environment['status'][]>;
type StatusFilter = 'all' | 'terminated' | keyof typeof STATUSES;
const FILTERS: StatusFilter[] = ['all', 'active', 'created', 'suspended', 'terminated'];

const isActive = ({ status }: Environment): boolean => status === 'running';
const isOff = ({ status }: Environment): boolean => status === 'suspended';

/** All of them are tried; the first failure is shown. */
async function forEach(some: readonly Environment[], work: (id: string) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(some.map(({ environmentId }) => work(environmentId)));
  await refreshEnvironments();
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface FiltersProps {
  all: Environment[];
  /** How many of these there are. */
  terminated: number;
  status: StatusFilter;
  onStatus: (status: StatusFilter) => void;
  found: Environment[];
  selected: Environment[];
  onAll: (isAll: boolean) => void;
  onEnd: (some: Environment[]) => void;
  onSuspend: (some: Environment[]) => void;
  onResume: (some: Environment[]) => void;
}

/** Which are listed, and what to do with those that are selected. */
function Filters({ all, terminated, status, onStatus, found, selected, onAll, onEnd, onSuspend, onResume }: FiltersProps) {
  const count = (filter: StatusFilter) => (filter === 'all' ? all.length : filter === 'terminated' ? terminated : all.filter((one) => STATUSES[filter].includes(one.status)).length);
  return (
    <div className="manager-filters">
      <label className="row-pick">
        <input type="checkbox" className="row-check" aria-label="Select all that are listed" disabled={found.length === 0} checked={found.length > 0 && selected.length === found.length} onChange={(event) => onAll(event.target.checked)} />
      </label>
      <div className="segmented create-from" role="group" aria-label="Status">
        {FILTERS.map((filter) => (
          <button key={filter} type="button" aria-pressed={status === filter} onClick={() => onStatus(filter)}>
            {filter} <span className="code">{count(filter)}</span>
          </button>
        ))}
      </div>
      <span className="grow" />
      {selected.length > 0 && (
        <div className="bulk" role="group" aria-label={`${selected.length} selected`}>
          <span>{selected.length} selected</span>
          <Button small disabled={selected.every(isOff)} onClick={() => onSuspend(selected.filter((one) => !isOff(one)))}>
            <Moon size={13} /> Suspend
          </Button>
          <Button small disabled={!selected.some(isOff)} onClick={() => onResume(selected.filter(isOff))}>
            <Play size={13} /> Resume
          </Button>
          <Button small disabled={!selected.some(({ role }) => role === 'owner')} onClick={() => onEnd(selected.filter(({ role }) => role === 'owner'))}>
            <Trash2 size={13} /> Terminate
          </Button>
          <IconButton label="Select none" small onClick={() => onAll(false)}>
            <X size={13} />
          </IconButton>
        </div>
      )}
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
