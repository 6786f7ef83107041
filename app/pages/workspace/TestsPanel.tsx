import { ChevronDown, ChevronRight, CircleAlert, CircleCheck, CircleDashed, CircleMinus, Eye, FlaskConical, Play, RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { TestFailure } from '../../../shared/tests/events.ts';
import { Button, ErrorText, IconButton, Spinner } from '../../ui/controls.tsx';
import { useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { testRows } from '../../workspace/test-tree.ts';
import type { StateFilter, TestRow } from '../../workspace/test-tree.ts';
import { inProject } from '../../workspace/tests.ts';
import type { TestsState } from '../../workspace/tests.ts';

const ICONS = {
  passed: <CircleCheck size={14} color="var(--good)" aria-label="passed" />,
  failed: <CircleAlert size={14} color="var(--danger)" aria-label="failed" />,
  skipped: <CircleMinus size={14} color="var(--text-3)" aria-label="skipped" />,
  pending: <CircleDashed size={14} color="var(--text-3)" aria-label="waiting" />,
  running: <Spinner label="running" />,
};

/** Buttons of the panel's head: run all, watch, stop. */
export function TestsTools({ session }: { session: WorkspaceSession }) {
  const { status } = useStore(session.tests.store);
  const isOn = status === 'running' || status === 'watching';
  return (
    <>
      <IconButton label="Run all tests" small disabled={status === 'running'} onClick={() => void session.tests.start({ watch: false })}>
        <Play size={14} />
      </IconButton>
      <IconButton label="Run tests again as files change" small aria-pressed={status === 'watching'} onClick={() => (status === 'watching' ? session.tests.stop() : void session.tests.start({ watch: true }))}>
        <Eye size={14} />
      </IconButton>
      <IconButton label="Stop the tests" small disabled={!isOn} onClick={() => session.tests.stop()}>
        <Square size={13} />
      </IconButton>
    </>
  );
}

export function TestsPanel({ session }: { session: WorkspaceSession }) {
  const state = useStore(session.tests.store);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useState<StateFilter>('all');
  if (state.status === 'idle') return <Empty session={session} />;
  const rows = testRows(state.files, closed, filter);
  const toggle = (key: string, isOpen: boolean) => setClosed((before) => new Set([...before].filter((one) => one !== key).concat(isOpen ? [] : [key])));
  return (
    <div className="tests">
      <Summary state={state} filter={filter} onFilter={setFilter} />
      <div className="list tests-list">
        {state.error !== undefined && (
          <p className="panel-empty" role="alert">
            <ErrorText error={state.error} />
          </p>
        )}
        {state.failures.map((failure, index) => (
          <Failure key={index} session={session} failure={failure} />
        ))}
        {rows.length > 0 && (
          <div role="tree" aria-label="Tests" onKeyDown={(event) => onTreeKey(event, session, rows, toggle)}>
            {rows.map((row, index) => (
              <Row key={row.key} session={session} row={row} isFirst={index === 0} onToggle={() => toggle(row.key, !row.isOpen)} />
            ))}
          </div>
        )}
        <Output state={state} />
      </div>
    </div>
  );
}

function Empty({ session }: { session: WorkspaceSession }) {
  return (
    <div className="centre">
      <FlaskConical size={26} color="var(--text-3)" />
      <p>The project’s test script runs in its container.</p>
      <div className="drop-buttons">
        <Button kind="primary" small onClick={() => void session.tests.start({ watch: false })}>
          <Play size={13} /> Run all tests
        </Button>
        <Button small onClick={() => void session.tests.start({ watch: true })}>
          <Eye size={13} /> Watch
        </Button>
      </div>
    </div>
  );
}

function Summary({ state, filter, onFilter }: { state: TestsState; filter: StateFilter; onFilter: (filter: StateFilter) => void }) {
  const tests = state.files.flatMap((file) => file.tests);
  const count = (wanted: string) => tests.filter((test) => test.state === wanted).length;
  const failed = count('failed') + state.files.filter((file) => file.failures.length > 0).length;
  const isRunning = state.status === 'running' || state.files.some((file) => file.state === 'running');
  return (
    <div className="tests-summary" role="status">
      {isRunning && <Spinner label="Tests are running" />}
      {state.runner === 'none' && <span>package.json has no "test" script.</span>}
      {(state.runner === 'vitest' || state.runner === 'node') && (
        <>
          <span className="chip good">{count('passed')} passed</span>
          <span className={`chip ${failed > 0 ? 'bad' : ''}`}>{failed} failed</span>
          <span className="chip">{count('skipped')} skipped</span>
        </>
      )}
      {state.runner === 'script' && state.exitCode !== undefined && <span className={`chip ${state.exitCode === 0 ? 'good' : 'bad'}`}>npm test ended with {state.exitCode}</span>}
      {state.status === 'watching' && <span>watching for changes</span>}
      <span className="grow" />
      {failed > 0 && (
        <Button small aria-pressed={filter === 'failed'} onClick={() => onFilter(filter === 'failed' ? 'all' : 'failed')}>
          {filter === 'failed' ? 'Show all' : 'Failed only'}
        </Button>
      )}
    </div>
  );
}

function Row({ session, row, isFirst, onToggle }: { session: WorkspaceSession; row: TestRow; isFirst: boolean; onToggle: () => void }) {
  const { file, test } = row;
  const failures = row.kind === 'file' ? file.failures : (test?.failures ?? []);
  return (
    <>
      <div role="treeitem" aria-level={row.level} aria-selected={false} aria-expanded={row.kind === 'test' ? undefined : row.isOpen} tabIndex={isFirst ? 0 : -1} data-key={row.key} className="test-row" style={{ paddingLeft: 10 + (row.level - 1) * 16 }} onClick={() => (row.kind === 'test' ? open(session, row) : onToggle())}>
        {row.kind === 'test' ? <span className="test-indent" /> : row.isOpen ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
        {ICONS[row.state]}
        <span className="list-text">{row.label}</span>
        <IconButton label={`Run ${row.label} again`} small tabIndex={-1} onClick={(event) => (event.stopPropagation(), runAgain(session, row))}>
          <RotateCw size={12} />
        </IconButton>
        <span className="code">{row.durationMs === undefined ? '' : `${row.durationMs < 10 ? row.durationMs.toFixed(1) : Math.round(row.durationMs)} ms`}</span>
      </div>
      {failures.map((failure, index) => (
        <Failure key={index} session={session} failure={failure} />
      ))}
    </>
  );
}

function Failure({ session, failure: { message, expected, actual, place } }: { session: WorkspaceSession; failure: TestFailure }) {
  return (
    <div className="test-failure">
      <pre>{message}</pre>
      {(expected !== undefined || actual !== undefined) && (
        <dl>
          <dt>Expected</dt>
          <dd>
            <pre>{expected ?? 'undefined'}</pre>
          </dd>
          <dt>Actual</dt>
          <dd>
            <pre>{actual ?? 'undefined'}</pre>
          </dd>
        </dl>
      )}
      {place !== undefined && (
        <button type="button" className="test-place" onClick={() => session.revealPath(place.file, place.line, place.column)}>
          {inProject(place.file)}:{place.line}:{place.column}
        </button>
      )}
    </div>
  );
}

/** What the run printed: all there is of a script that tells no results, folded beside those that do. */
function Output({ state: { runner, output } }: { state: TestsState }) {
  if (output.trim() === '') return null;
  return (
    <details className="tests-output" open={runner === 'script'}>
      <summary>Output</summary>
      <pre>{output.trim()}</pre>
    </details>
  );
}

/** Where it failed, else where it is. */
function open(session: WorkspaceSession, { file, test }: TestRow): void {
  const place = test?.failures[0]?.place;
  if (place !== undefined && session.revealPath(place.file, place.line, place.column)) return;
  session.revealPath(file.path, test?.line ?? 1);
}

function runAgain(session: WorkspaceSession, row: TestRow): void {
  const names = row.kind === 'file' ? undefined : (row.test?.runBy ?? row.test?.names ?? row.key.split('\0').slice(1));
  void session.tests.start({ watch: false, file: row.file.path, ...(row.kind === 'test' ? { names } : {}) });
}

/** Keys of a tree (WAI-ARIA, Tree View), and R to run the row again. */
function onTreeKey(event: KeyboardEvent<HTMLDivElement>, session: WorkspaceSession, rows: readonly TestRow[], toggle: (key: string, isOpen: boolean) => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')];
  const at = items.findIndex((item) => item === document.activeElement);
  const row = rows[at];
  if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const run: Record<string, () => void> = {
    ArrowDown: () => items[Math.min(at + 1, items.length - 1)]?.focus(),
    ArrowUp: () => items[Math.max(at - 1, 0)]?.focus(),
    Home: () => items[0]?.focus(),
    End: () => items.at(-1)?.focus(),
    ArrowRight: () => (row.kind !== 'test' && !row.isOpen ? toggle(row.key, true) : items[Math.min(at + 1, items.length - 1)]?.focus()),
    ArrowLeft: () => (row.kind !== 'test' && row.isOpen ? toggle(row.key, false) : items[rows.findLastIndex((other, index) => index < at && other.level < row.level)]?.focus()),
    Enter: () => (row.kind === 'test' ? open(session, row) : toggle(row.key, !row.isOpen)),
    r: () => runAgain(session, row),
  };
  const found = run[event.key];
  if (found === undefined) return;
  event.preventDefault();
  found();
}
