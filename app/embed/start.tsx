/** Shows the environment that the token gives, or why not; tells the page that embeds it. */
import '../plugs.ts';
import { createRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import { EmbedFailed, EmbedOpening } from '../pages/embed/EmbedFailed.tsx';
import { EmbedPage } from '../pages/embed/EmbedPage.tsx';
import { describeError } from '../state/describe-error.ts';
import type { Described } from '../state/describe-error.ts';
import { applyTheme } from '../state/theme.ts';
import { WorkspaceSession } from '../workspace/session.ts';
import { openAccess, showOf } from './access.ts';
import { framingOrigin } from './framing-origin.ts';
import type { ParentLink } from './parent-link.ts';
import { createShown } from './shown.ts';
import { tellOf } from './tell.ts';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/pages.css';
import '../styles/workspace.css';
import '../styles/agents.css';
import '../styles/embed.css';

export function start(link: ParentLink): void {
  applyTheme();
  const element = document.querySelector('#root');
  if (element === null) throw new Error('The page has no element to render into.');
  const root = createRoot(element);
  // Another token or another way to begin is another start.
  addEventListener('hashchange', () => location.reload());
  void open(root, link);
}

async function open(root: Root, link: ParentLink): Promise<void> {
  root.render(<EmbedOpening />);
  const fail = (error: Described) => {
    link.tell({ type: 'error', code: error.code, message: error.message });
    root.render(<EmbedFailed error={error} onAgain={() => location.reload()} />);
  };
  try {
    const address = new URL(location.href);
    const access = await openAccess(address, framingOrigin());
    const shown = createShown(showOf(address));
    const session = new WorkspaceSession(access.environmentId, { embeddedAs: access.role });
    link.onShow((show) => shown.setState(show, true));
    link.admit(access.origins);
    link.tell({ type: 'hello', role: access.role });
    tellOf(session, link);
    session.start();
    session.show();
    root.render(<EmbedPage session={session} shown={shown} title={access.taskId} role={access.role} />);
  } catch (error) {
    fail(describeError(error));
  }
}
