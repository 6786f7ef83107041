import { Ban } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { BackendEntry } from '../../../api/backend.ts';
import type { BackendView } from '../../../backend/backend-view.ts';
import { IconButton } from '../../../ui/controls.tsx';
import { useSelected } from '../../../ui/use-store.ts';
import type { WorkspaceSession } from '../../../workspace/session.ts';
import { StackLines } from '../StackLines.tsx';
import { clock } from './format.ts';

/** Lines, errors with their stacks, changes of state, requests to other hosts. */
export function BackendLog({ session, view }: { session: WorkspaceSession; view: BackendView }) {
  const log = useSelected(view.store, (state) => state.log);
  const [filter, setFilter] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const shown = log.filter((entry) => filter === '' || textOf(entry).toLowerCase().includes(filter.toLowerCase()));
  useEffect(() => {
    if (stick.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [shown.length]);
  return (
    <>
      <div className="tool-bar">
        <IconButton label="Clear the log" small onClick={() => view.clear('log')}>
          <Ban size={13} />
        </IconButton>
        <input className="input" aria-label="Filter the log" placeholder="Filter" value={filter} onChange={(event) => setFilter(event.target.value)} />
      </div>
      <div ref={list} className="console" role="log" aria-label="Log of the backend" tabIndex={0} onScroll={({ currentTarget: at }) => (stick.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24)}>
        {shown.length === 0 && <p className="panel-empty">{log.length === 0 ? 'What the backend logs appears here.' : 'Nothing matches the filter.'}</p>}
        {shown.map((entry) => (
          <Row key={entry.cursor} session={session} entry={entry} />
        ))}
      </div>
    </>
  );
}

function Row({ session, entry }: { session: WorkspaceSession; entry: BackendEntry }) {
  const { event } = entry;
  return (
    <div className={`console-row backend-row ${levelOf(entry)}`}>
      <time className="code">{clock(event.at)}</time>
      <div className="console-values">
        <span className="backend-text">{textOf(entry)}</span>
        {event.kind === 'error' && <StackLines session={session} stack={event.frames} />}
      </div>
      {event.kind === 'error' && event.origin !== 'exception' && <span className="chip">{event.origin}</span>}
      {(event.kind === 'egress' || event.kind === 'state') && event.code !== undefined && <code className="code">{event.code}</code>}
    </div>
  );
}

function levelOf({ event }: BackendEntry): string {
  if (event.kind === 'log') return event.level;
  if (event.kind === 'error') return 'error';
  const isBad = event.kind === 'state' ? event.state === 'failed' || event.state === 'stopped' : event.kind === 'egress' && event.code !== undefined;
  return isBad ? 'warn' : 'debug';
}

function textOf({ event }: BackendEntry): string {
  if (event.kind === 'log') return event.text;
  if (event.kind === 'error') return `${event.name}: ${event.message}`;
  if (event.kind === 'state') return event.message === undefined ? event.state : `${event.state}: ${event.message}`;
  if (event.kind === 'egress') return `→ ${event.method} ${event.url} ${event.status ?? 'refused'} (${Math.round(event.durationMs)} ms)`;
  return `${event.method} ${event.path}`;
}
