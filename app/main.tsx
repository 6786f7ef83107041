// First: a page that is opened at an environment starts its session as soon as App is there.
import './plugs.ts';
import { createRoot } from 'react-dom/client';
import { App, whenQuiet } from './pages/App.tsx';
import { applyTheme } from './state/theme.ts';
import { registerServiceWorker } from './service-worker/register.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/pages.css';
import './styles/workspace.css';
import './styles/agents.css';
import './styles/backend.css';
import './styles/embed.css';
import './styles/touch.css';

applyTheme();
const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no element to render into.');
createRoot(root).render(<App />);
void registerServiceWorker(whenQuiet());
