import { Ban, X } from 'lucide-react';
import { useState } from 'react';
import type { NetworkEntry } from '../../preview/network.ts';
import { IconButton } from '../../ui/controls.tsx';
import { useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { FromChip, useWhose } from './Whose.tsx';

export function NetworkPanel({ session }: { session: WorkspaceSession }) {
  const all = useStore(session.preview.network.store).entries;
  const { shown: entries, control } = useWhose(all);
  const [filter, setFilter] = useState('');
  const [selectedId, setSelectedId] = useState<string>();
  const shown = entries.filter((entry) => entry.url.toLowerCase().includes(filter.toLowerCase()));
  const selected = entries.find((entry) => entry.id === selectedId);
  return (
    <div className="tool-panel">
      <div className="tool-bar">
        <IconButton label="Clear network" small onClick={() => session.preview.network.clear()}>
          <Ban size={13} />
        </IconButton>
        <input className="input" aria-label="Filter requests" placeholder="Filter" value={filter} onChange={(event) => setFilter(event.target.value)} />
        {control}
      </div>
      <div className="network">
        <div className="network-list">
          <table aria-label="Requests of the preview">
            <thead>
              <tr>
                <th>Name</th>
                <th>Method</th>
                <th>Status</th>
                <th>Type</th>
                <th>Size</th>
                <th>Time</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((entry) => (
                <tr key={entry.id} tabIndex={0} aria-selected={entry.id === selectedId} className={failed(entry) ? 'bad' : ''} onClick={() => setSelectedId(entry.id)} onKeyDown={(event) => event.key === 'Enter' && setSelectedId(entry.id)}>
                  <td title={entry.url}>
                    <FromChip from={entry.from} /> {shortName(entry.url)}
                  </td>
                  <td>{entry.method}</td>
                  <td>{statusOf(entry)}</td>
                  <td>{entry.initiator}</td>
                  <td>{entry.size === undefined ? '' : bytes(entry.size)}</td>
                  <td>{entry.durationMs === undefined ? '' : `${Math.round(entry.durationMs)} ms`}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <p className="panel-empty">{entries.length === 0 ? 'What the page requests appears here.' : 'Nothing matches the filter.'}</p>}
        </div>
        {selected !== undefined && <Details entry={selected} onClose={() => setSelectedId(undefined)} />}
      </div>
    </div>
  );
}

function Details({ entry, onClose }: { entry: NetworkEntry; onClose: () => void }) {
  return (
    <aside className="network-details" aria-label="Request">
      <header>
        <strong>{shortName(entry.url)}</strong>
        <IconButton label="Close details" small onClick={onClose}>
          <X size={13} />
        </IconButton>
      </header>
      <p className="code">
        {entry.method} {entry.url}
      </p>
      {entry.error !== undefined && <p className="field-error">{entry.error}</p>}
      <Headers title="Request headers" headers={entry.requestHeaders} />
      <Body title="Request body" text={entry.requestBody} />
      <Headers title="Response headers" headers={entry.responseHeaders} />
      <Body title="Response body" text={entry.responseBody} />
    </aside>
  );
}

function Headers({ title, headers = [] }: { title: string; headers?: [string, string][] | undefined }) {
  if (headers.length === 0) return null;
  return (
    <details open>
      <summary>{title}</summary>
      <dl>
        {headers.map(([name, value], index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Body({ title, text }: { title: string; text?: string | undefined }) {
  if (text === undefined || text === '') return null;
  return (
    <details open>
      <summary>{title}</summary>
      <pre>{text}</pre>
    </details>
  );
}

const failed = (entry: NetworkEntry) => entry.state === 'failed' || (entry.status ?? 0) >= 400;

function statusOf(entry: NetworkEntry): string {
  if (entry.state === 'pending') return 'pending';
  return entry.state === 'failed' ? 'failed' : String(entry.status ?? '');
}

function shortName(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search, host } = new URL(url);
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  return last === '' ? (search === '' ? host : search) : last + search;
}

function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(1)} kB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}
