import type { TerminatedEnvironment } from '../../api/environments.ts';
import { age, STATUS_LABEL } from './environments-store.ts';

/** What is left of environments that were terminated: there is nothing in them to open. */
export function TerminatedTable({ rows, now }: { rows: TerminatedEnvironment[]; now: number }) {
  return (
    <ul className="card-list" aria-label="Terminated environments">
      {rows.map(({ environmentId, taskId, agentId, template, createdAt, terminatedAt, terminatedBy }) => (
        <li key={environmentId} className="environment-row ended">
          <div className="environment-link">
            <span className="template-mark" data-template={template} aria-hidden="true">
              {template.slice(0, 2)}
            </span>
            <span className="environment-name">
              <strong>{taskId}</strong>
              <span>
                {template}
                {agentId !== undefined && <> · agent {agentId}</>}
              </span>
            </span>
            <span className="chip">
              <span className="dot" />
              {STATUS_LABEL.stopped}
            </span>
            <span className="environment-end">
              by {terminatedBy}, <time dateTime={new Date(terminatedAt).toISOString()} title={`Made ${new Date(createdAt).toLocaleString()}, terminated ${new Date(terminatedAt).toLocaleString()}`}>{agoOf(age(terminatedAt, now))}</time>
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}

const agoOf = (text: string): string => (text === 'now' ? 'just now' : `${text} ago`);
