/** The page's three addresses, and moving between them without a reload. */
import { createStore } from 'zustand/vanilla';

export type Route = { page: 'environments' } | { page: 'workspace'; environmentId: string } | { page: 'login'; returnTo: string } | { page: 'not-found' };

export function parseRoute(url: URL): Route {
  if (url.pathname === '/') return { page: 'environments' };
  if (url.pathname === '/login') return { page: 'login', returnTo: safeReturn(url.searchParams.get('returnTo')) };
  const environmentId = /^\/e\/([A-Za-z0-9_-]{1,64})$/.exec(url.pathname)?.[1];
  return environmentId === undefined ? { page: 'not-found' } : { page: 'workspace', environmentId };
}

/** Only a path of this origin: the login page must not send anybody elsewhere. */
function safeReturn(value: string | null): string {
  return value !== null && /^\/(?![/\\])/.test(value) ? value : '/';
}

export function workspacePath(environmentId: string): string {
  return `/e/${environmentId}`;
}

export const route = createStore<Route>(() => parseRoute(new URL(location.href)));

export function navigate(path: string): void {
  history.pushState(null, '', path);
  route.setState(parseRoute(new URL(location.href)), true);
}

window.addEventListener('popstate', () => route.setState(parseRoute(new URL(location.href)), true));
