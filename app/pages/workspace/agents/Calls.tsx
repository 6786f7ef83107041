import { useState } from 'react';
import type { AuditEntry } from '../../../../shared/agents/api.ts';
import { timeOf } from './AgentsPanel.tsx';

/** The audit log, newest first. */
export function Calls({ calls }: { calls: AuditEntry[] }) {
  const [failedOnly, setFailedOnly] = useState(false);
  if (calls.length === 0) return null;
  const shown = failedOnly ? calls.filter(({ outcome }) => outcome !== 'ok') : calls;
  return (
    <section className="agents-section" aria-label="Calls">
      <h3>
        Log
        <label className="agent-suggest">
          <input type="checkbox" checked={failedOnly} onChange={(event) => setFailedOnly(event.target.checked)} /> Refused only
        </label>
      </h3>
      <ol className="calls">
        {shown.map((entry) => (
          <li key={entry.id} title={entry.detail}>
            <span className="call-what">
              {entry.action.replace(/^tool:/, '')} <span className="code">{entry.detail}</span>
            </span>
            <span className="agent-note">
              <time dateTime={entry.at}>{timeOf(entry.at)}</time> · {entry.actor.name} · {entry.outcome === 'ok' ? `${Math.round(entry.durationMs)} ms` : <code className="code bad">{entry.outcome}</code>}
            </span>
          </li>
        ))}
        {shown.length === 0 && <li className="agent-note">Nothing was refused.</li>}
      </ol>
    </section>
  );
}
