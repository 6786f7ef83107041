/** Our own pages on a share link's host: the password, and why there is no answer (SPEC SH6, SH15). */
import { createHash } from 'node:crypto';
import { toResponse } from '../../shared/errors/error.ts';
import type { TerrariumError } from '../../shared/errors/error.ts';

/** Paths of ours; everything else belongs to the task's server. */
export const SHARE_PREFIX = '/~share/';
export const SHARE_PATHS = { password: '/~share/password', wake: '/~share/wake', state: '/~share/state', client: '/~share/client.js' } as const;

const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:2rem;text-align:center}
h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:.5rem 0;opacity:.85}small{opacity:.6}
form{display:grid;gap:.75rem;margin-top:1.25rem;text-align:left}
input{width:100%;box-sizing:border-box}input,button{font:inherit;padding:.6rem .8rem;border-radius:.5rem;border:1px solid GrayText}
button{background:#2f6f4f;border-color:#2f6f4f;color:#fff;cursor:pointer}
button:focus-visible,input:focus-visible{outline:2px solid #5fb98a;outline-offset:2px}
[role=alert]{color:#c0392b}`;

/** Looks whether there is an answer now; the page then comes again. */
const WAIT_SCRIPT = `
let wait=2000;
async function look(){
  try{const r=await fetch(${JSON.stringify(SHARE_PATHS.state)},{cache:'no-store'});if(r.ok&&(await r.json()).ready)return location.reload()}catch{}
  setTimeout(look,wait);wait=Math.min(10000,wait*1.3);
}
setTimeout(look,wait);`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const POLICY = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(WAIT_SCRIPT)}; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
const HEADERS = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' };

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function page(title: string, body: string, script = ''): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style><main><h1>${escape(title)}</h1>${body}</main>${script === '' ? '' : `<script>${script}</script>`}</html>`;
}

/** Asks for the password; `next` is where to go then, a path. */
export function passwordPage(next: string, wrong: boolean): Response {
  const alert = wrong ? '<p role="alert">That is not the password.</p>' : '';
  const body = `<p>Whoever shared this preview has given it a password.</p>${alert}<form method="post" action="${SHARE_PATHS.password}"><input type="hidden" name="next" value="${escape(next)}"><label>Password<br><input type="password" name="password" autocomplete="current-password" required autofocus></label><button>Open the preview</button></form>`;
  return new Response(page('This preview has a password', body), { status: 401, headers: HEADERS });
}

const TITLES: Record<string, string> = {
  'E-TERRARIUM-1320': 'Nobody runs this preview at the moment',
  'E-TERRARIUM-1325': 'The dev server does not answer',
  'E-TERRARIUM-1330': 'There is no such preview',
  'E-TERRARIUM-1331': 'This preview is no longer shared',
};

/** `waits`: it comes again by itself; `canWake`: a press starts a host. */
export function errorPage(error: TerrariumError, options: { waits: boolean; canWake: boolean }): Response {
  const wake = options.canWake ? `<form method="post" action="${SHARE_PATHS.wake}"><button>Start it</button></form>` : '';
  const again = options.waits ? '<p>This page goes on by itself when there is an answer.</p>' : '';
  const body = `<p>${escape(error.message)}</p>${again}${wake}<p><small>${error.code}</small></p>`;
  const retry: Record<string, string> = options.waits ? { 'retry-after': '5' } : {};
  return new Response(page(TITLES[error.code] ?? 'The preview cannot be shown', body, options.waits ? WAIT_SCRIPT : ''), { status: error.status, headers: { ...HEADERS, ...retry } });
}

export function errorJson(error: TerrariumError, headers: Record<string, string> = {}): Response {
  const { status, body } = toResponse(error);
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers } });
}

/** A person looks at this answer, rather than a script or a program. */
export function isNavigation(headers: Headers): boolean {
  const mode = headers.get('sec-fetch-mode');
  return mode === null ? (headers.get('accept') ?? '').includes('text/html') : mode === 'navigate';
}
