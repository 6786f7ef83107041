import { Ban, ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { LoggedValue } from '../../../shared/protocol/preview-report.ts';
import { entryText } from '../../preview/console.ts';
import type { ConsoleEntry, ConsoleLevel } from '../../preview/console.ts';
import { IconButton } from '../../ui/controls.tsx';
import { useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { StackLines } from './StackLines.tsx';
import { FromChip, useWhose } from './Whose.tsx';

const LEVELS: ConsoleLevel[] = ['error', 'warn', 'info', 'log', 'debug'];

export function ConsolePanel({ session }: { session: WorkspaceSession }) {
  const all = useStore(session.preview.console.store).entries;
  const { shown: entries, control } = useWhose(all);
  const [filter, setFilter] = useState('');
  const [hidden, setHidden] = useState<ReadonlySet<ConsoleLevel>>(new Set());
  const list = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const shown = entries.filter((entry) => !hidden.has(entry.level) && (filter === '' || entryText(entry).toLowerCase().includes(filter.toLowerCase())));
  useEffect(() => {
    if (stick.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [shown.length]);
  const flip = (level: ConsoleLevel) => setHidden(hidden.has(level) ? new Set([...hidden].filter((one) => one !== level)) : new Set([...hidden, level]));
  return (
    <div className="tool-panel">
      <div className="tool-bar">
        <IconButton label="Clear console" small onClick={() => session.preview.console.clear()}>
          <Ban size={13} />
        </IconButton>
        <input className="input" aria-label="Filter console" placeholder="Filter" value={filter} onChange={(event) => setFilter(event.target.value)} />
        {control}
        {LEVELS.map((level) => (
          <button key={level} type="button" className={`level ${level}`} aria-pressed={!hidden.has(level)} onClick={() => flip(level)}>
            {level} {entries.filter((entry) => entry.level === level).length || ''}
          </button>
        ))}
      </div>
      <div
        ref={list}
        className="console"
        role="log"
        aria-label="Console of the preview"
        onScroll={({ currentTarget: at }) => (stick.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24)}
      >
        {shown.length === 0 && <p className="panel-empty">{entries.length === 0 ? 'What the page logs appears here.' : 'Nothing matches the filter.'}</p>}
        {shown.map((entry) => (
          <EntryRow key={entry.id} session={session} entry={entry} />
        ))}
      </div>
    </div>
  );
}

function EntryRow({ session, entry }: { session: WorkspaceSession; entry: ConsoleEntry }) {
  const [first] = entry.stack;
  return (
    <div className={`console-row ${entry.level}`} style={{ paddingLeft: 10 + entry.depth * 14 }}>
      {entry.count > 1 && <span className="count">{entry.count}</span>}
      <div className="console-values">
        {entry.values.map((value, index) => (
          <Value key={index} value={value} top />
        ))}
        {entry.level === 'error' && <StackLines session={session} stack={entry.stack} />}
      </div>
      <FromChip from={entry.from} />
      {entry.realm !== 'page' && <span className="chip">{entry.realm}</span>}
      {first !== undefined && entry.level !== 'error' && (
        <button type="button" className="link console-place" onClick={() => session.revealPath(first.file, first.line, first.column ?? 1)}>
          {first.file.slice(first.file.lastIndexOf('/') + 1)}:{first.line}
        </button>
      )}
    </div>
  );
}

function Value({ value, top = false }: { value: LoggedValue; top?: boolean }) {
  const [open, setOpen] = useState(false);
  const children = value.children ?? [];
  if (children.length === 0) return <span className={`value ${value.type}`}>{top || value.type !== 'string' ? value.preview : JSON.stringify(value.preview)}</span>;
  return (
    <span className="value-tree">
      <button type="button" className="value-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? <ChevronDown size={12} /> : <ChevronRight size={12} />}
        <span className={`value ${value.type}`}>{value.preview}</span>
      </button>
      {open && (
        <ul>
          {children.map(({ key, value: child }) => (
            <li key={key}>
              <span className="value-key">{key}:</span> <Value value={child} />
            </li>
          ))}
        </ul>
      )}
    </span>
  );
}
