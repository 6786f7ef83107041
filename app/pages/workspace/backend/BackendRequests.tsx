import { Ban } from 'lucide-react';
import { useState } from 'react';
import type { BackendView } from '../../../backend/backend-view.ts';
import { IconButton } from '../../../ui/controls.tsx';
import { useSelected } from '../../../ui/use-store.ts';
import { bytes, clock } from './format.ts';

/** The requests that the backend was sent, newest first. */
export function BackendRequests({ view }: { view: BackendView }) {
  const requests = useSelected(view.store, (state) => state.requests);
  const [filter, setFilter] = useState('');
  const all = requests.flatMap(({ cursor, event }) => (event.kind === 'request' ? [{ cursor, ...event }] : []));
  const shown = all.filter(({ method, path, status }) => `${method} ${path} ${status}`.toLowerCase().includes(filter.toLowerCase())).reverse();
  return (
    <>
      <div className="tool-bar">
        <IconButton label="Clear the requests" small onClick={() => view.clear('requests')}>
          <Ban size={13} />
        </IconButton>
        <input className="input" aria-label="Filter the requests" placeholder="Filter" value={filter} onChange={(event) => setFilter(event.target.value)} />
      </div>
      <div className="network-list" tabIndex={0} role="region" aria-label="Requests of the backend">
        <table>
          <thead>
            <tr>
              <th>Time</th>
              <th>Method</th>
              <th>Path</th>
              <th>Status</th>
              <th>Size</th>
              <th>Took</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((request) => (
              <tr key={request.cursor} className={request.status >= 400 || request.code !== undefined ? 'bad' : ''}>
                <td>{clock(request.at)}</td>
                <td>{request.webSocket ? 'WS' : request.method}</td>
                <td title={request.path}>{request.path}</td>
                <td title={request.code}>
                  {request.status} {request.code !== undefined && <code className="code">{request.code}</code>}
                </td>
                <td>{bytes(request.bytes)}</td>
                <td>{request.durationMs < 10 ? request.durationMs.toFixed(1) : Math.round(request.durationMs)} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className="panel-empty">{all.length === 0 ? 'What the backend is asked appears here.' : 'Nothing matches the filter.'}</p>}
      </div>
    </>
  );
}
