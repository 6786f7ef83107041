import { ExternalLink, Moon, Play, Trash2 } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { Environment } from '../../api/environments.ts';
import { navigate, workspacePath } from '../../state/router.ts';
import { IconButton } from '../../ui/controls.tsx';
import { age, agentOf, size, STATUS_LABEL, useOf } from './environments-store.ts';

const STATUS_CHIP = { initializing: 'warn', running: 'good', suspended: '', stopped: '' } as const;

export interface RowActions {
  onEnd: (environments: Environment[]) => void;
  onSuspend: (environments: Environment[]) => void;
  onResume: (environments: Environment[]) => void;
  onSelect: (id: string, selected: boolean) => void;
  /** Shows what it is and its preview beside the list. */
  onShow: (id: string) => void;
}

interface TableProps extends RowActions {
  rows: Environment[];
  now: number;
  selected: ReadonlySet<string>;
  shown: string | undefined;
}

export function EnvironmentTable({ rows, ...rest }: TableProps) {
  return (
    <ul className="card-list" aria-label="Environments" onKeyDown={moveAmongRows}>
      {rows.map((row) => (
        <EnvironmentRow key={row.environmentId} row={row} {...rest} />
      ))}
    </ul>
  );
}

function EnvironmentRow({ row, now, selected, shown, onEnd, onSuspend, onResume, onSelect, onShow }: Omit<TableProps, 'rows'> & { row: Environment }) {
  const id = row.environmentId;
  const agent = agentOf(row);
  const path = workspacePath(id);
  const isSelected = selected.has(id);
  const isSuspended = row.status === 'suspended';
  const canWrite = row.role !== 'viewer';
  const onKeyDown = (event: KeyboardEvent) => {
    const run = { Delete: () => row.role === 'owner' && onEnd([row]), ' ': () => onSelect(id, !isSelected), ArrowRight: () => onShow(id), s: () => canWrite && (isSuspended ? onResume([row]) : onSuspend([row])) }[event.key];
    if (run === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  return (
    <li className={`environment-row ${isSelected ? 'selected' : ''} ${shown === id ? 'shown' : ''}`}>
      <label className="row-pick">
        <input type="checkbox" className="row-check" aria-label={`Select ${row.taskId}`} checked={isSelected} onChange={(event) => onSelect(id, event.target.checked)} />
      </label>
      <a
        className="environment-link"
        href={path}
        aria-keyshortcuts="Space ArrowRight S Delete"
        onKeyDown={onKeyDown}
        onFocus={() => shown !== undefined && onShow(id)}
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
            {agent !== undefined && <> · agent {agent}</>}
          </span>
        </span>
        <span className={`chip ${STATUS_CHIP[row.status]}`}>
          <span className="dot" />
          {STATUS_LABEL[row.status]}
        </span>
        <span className="environment-fact" title={`${row.members} may open it, ${row.connections} connections are open`}>
          {row.connections === 0 ? 'nobody here' : `${row.connections} here`}
        </span>
        <span className="environment-fact use" title="Programs of its container, and the time in which they ran code as a share of one processor’s">
          {useOf(row)}
        </span>
        <span className="environment-fact" title="Its document and its history on the server">
          {size(row.storageBytes)}
        </span>
        <span className="environment-fact" title={`Made ${new Date(row.createdAt).toLocaleString()}, used ${new Date(row.usedAt).toLocaleString()}`}>
          {age(row.createdAt, now)}
        </span>
      </a>
      <span className="row-actions">
        {canWrite && (
          <IconButton label={`${isSuspended ? 'Resume' : 'Suspend'} ${row.taskId}`} onClick={() => (isSuspended ? onResume([row]) : onSuspend([row]))}>
            {isSuspended ? <Play size={15} /> : <Moon size={15} />}
          </IconButton>
        )}
        <IconButton label={`Open ${row.taskId} in a new tab`} onClick={() => window.open(path, '_blank', 'noopener')}>
          <ExternalLink size={15} />
        </IconButton>
        {row.role === 'owner' && (
          <IconButton label={`Terminate ${row.taskId}`} onClick={() => onEnd([row])}>
            <Trash2 size={15} />
          </IconButton>
        )}
      </span>
    </li>
  );
}

function moveAmongRows(event: KeyboardEvent<HTMLUListElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('.environment-link')];
  const at = links.findIndex((link) => link === document.activeElement);
  const target = { ArrowDown: Math.min(at + 1, links.length - 1), ArrowUp: Math.max(at - 1, 0), Home: 0, End: links.length - 1 }[event.key];
  if (target === undefined || at === -1) return;
  event.preventDefault();
  links.at(target)?.focus();
}
