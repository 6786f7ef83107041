import { Ban } from 'lucide-react';
import { METRIC_LABELS } from '../../preview/performance.ts';
import { IconButton } from '../../ui/controls.tsx';
import { useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { FromChip, useWhose } from './Whose.tsx';

/** Milliseconds above which a measure is worth a look: the "needs improvement" of Web Vitals, and twice a frame's budget for an update. */
const SLOW = { script: 1000, load: 3000, 'first-contentful-paint': 1800, 'largest-contentful-paint': 2500, 'hot-update': 200, 'long-task': 100 } as const;

export function PerformancePanel({ session }: { session: WorkspaceSession }) {
  const { measures } = useStore(session.preview.performance.store);
  const { shown, control } = useWhose(measures);
  return (
    <div className="tool-panel">
      <div className="tool-bar">
        <IconButton label="Clear performance" small onClick={() => session.preview.performance.clear()}>
          <Ban size={13} />
        </IconButton>
        <span className="grow" />
        {control}
      </div>
      <div className="network">
        <div className="network-list">
          <table aria-label="Performance of the preview">
            <thead>
              <tr>
                <th>At</th>
                <th>What</th>
                <th>Took</th>
                <th>Whose</th>
              </tr>
            </thead>
            <tbody>
              {shown.toReversed().map(({ id, time, metric, ms, from }) => (
                <tr key={id} className={ms > SLOW[metric] ? 'bad' : ''}>
                  <td>{new Date(time).toLocaleTimeString()}</td>
                  <td>{METRIC_LABELS[metric]}</td>
                  <td>{Math.round(ms)} ms</td>
                  <td>{from === undefined ? 'mine' : <FromChip from={from} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <p className="panel-empty">How fast the page loads and updates appears here.</p>}
        </div>
      </div>
    </div>
  );
}
