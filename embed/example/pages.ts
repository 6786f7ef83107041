/** The example's pages: an embed as a web component, as a React component, and as a plain frame. */
import type { Placed } from '../address.ts';
import { DEFAULT_VIEW, FRAME_ALLOW, frameAddress } from '../address.ts';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 0 auto; max-width: 1120px; padding: 24px 16px 48px; font: 16px/1.6 Georgia, serif; }
  nav a { margin-right: 12px; } h1 { font-size: 28px; margin: 8px 0; }
  fieldset { border: 1px solid GrayText; border-radius: 8px; display: flex; gap: 16px; flex-wrap: wrap; font: 14px system-ui; margin: 16px 0; }
  isolated-preview, .preview, iframe.plain { display: block; box-sizing: border-box; width: 100%; height: 560px; border: 1px solid GrayText; border-radius: 8px; overflow: hidden; }
  output { display: block; font: 12px/1.5 monospace; white-space: pre-wrap; margin-top: 12px; overflow-wrap: anywhere; }
`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head><body>
<nav><a href="/">Web component</a><a href="/react">React</a><a href="/frame">Frame</a></nav>
<h1>${title}</h1>
<p>This page is of another origin than the environment below it, which runs in your browser. Change the code: what it shows follows.</p>
${body}
<output aria-label="Events"></output></body></html>`;
}

const CONTROLS = `<fieldset><legend>Show</legend>
<label><input type="checkbox" name="show-editor" checked> Editor</label>
<label><input type="checkbox" name="show-console" checked> Console</label>
<label><input type="checkbox" name="show-network"> Network</label></fieldset>`;

const ELEMENT_SCRIPT = `
  const preview = document.querySelector('isolated-preview');
  const output = document.querySelector('output');
  for (const box of document.querySelectorAll('input')) box.addEventListener('change', () => preview.setAttribute(box.name, String(box.checked)));
  for (const type of ['ready', 'route', 'error']) preview.addEventListener(type, ({ detail }) => (output.textContent += type + ' ' + (detail ? JSON.stringify(detail) : '') + '\\n'));
`;

export const elementPage = ({ server, taskId, token }: Placed): string =>
  page('IsolatedPreview, the web component', `${CONTROLS}
<isolated-preview server="${escaped(server)}" task-id="${escaped(taskId)}" token="${escaped(token)}"></isolated-preview>
<script type="module">${ELEMENT_SCRIPT}</script>
<script type="module" src="${escaped(server)}/embed.js"></script>`);

export const reactPage = (): string => page('IsolatedPreview, the React component', '<div id="root"></div><script type="module" src="/react.js"></script>');

export const framePage = (placed: Placed): string =>
  page('A plain frame', `<iframe class="plain" title="Terrarium environment" allow="${FRAME_ALLOW}" src="${escaped(frameAddress(placed, DEFAULT_VIEW))}"></iframe>`);
