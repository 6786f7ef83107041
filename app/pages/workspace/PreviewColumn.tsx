/** The preview and, below it, its tools. */
import { Group, Panel, Separator } from 'react-resizable-panels';
import { useSelected } from '../../ui/use-store.ts';
import type { LayoutState } from '../../workspace/layout.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { ConsolePanel } from './ConsolePanel.tsx';
import { NetworkPanel } from './NetworkPanel.tsx';
import { PerformancePanel } from './PerformancePanel.tsx';
import { PreviewPane } from './PreviewPane.tsx';

export type Tool = NonNullable<LayoutState['tools']>;
const ALL: readonly Tool[] = ['console', 'network', 'performance'];

export function PreviewColumn({ session, tools = ALL }: { session: WorkspaceSession; tools?: readonly Tool[] }) {
  const chosen = useSelected(session.layout.store, (state) => state.tools);
  const tool = tools.find((one) => one === chosen);
  return (
    <div className="preview-column">
      <Group orientation="vertical">
        <Panel id="page" minSize={120}>
          <PreviewPane session={session} />
        </Panel>
        {tool !== undefined && (
          <>
            <Separator className="separator" aria-label="Resize the preview's tools" />
            <Panel id="tools" defaultSize="35%" minSize={80}>
              {tool === 'console' ? <ConsolePanel session={session} /> : tool === 'network' ? <NetworkPanel session={session} /> : <PerformancePanel session={session} />}
            </Panel>
          </>
        )}
      </Group>
      {tools.length > 0 && <ToolTabs session={session} tools={tools} />}
    </div>
  );
}

function ToolTabs({ session, tools }: { session: WorkspaceSession; tools: readonly Tool[] }) {
  const chosen = useSelected(session.layout.store, (state) => state.tools);
  const errors = useSelected(session.preview.console.store, ({ entries }) => entries.filter((entry) => entry.level === 'error').length);
  const requests = useSelected(session.preview.network.store, ({ entries }) => entries.length);
  const badges = { console: errors > 0 && <span className="chip bad">{errors}</span>, network: requests > 0 && <span className="chip">{requests}</span>, performance: null };
  return (
    <div className="tool-tabs" role="group" aria-label="Tools of the preview">
      {tools.map((tool) => (
        <button key={tool} type="button" aria-pressed={chosen === tool} onClick={() => session.layout.toggleTools(tool)}>
          {NAMES[tool]} {badges[tool]}
        </button>
      ))}
    </div>
  );
}

const NAMES: Record<Tool, string> = { console: 'Console', network: 'Network', performance: 'Performance' };
