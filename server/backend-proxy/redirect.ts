/** `/preview/:task/*` on the app's origin leads to the backend's own (SPEC BP16): no task's answer comes from the app's. */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { origins } from '../../shared/hosts.ts';
import { roleIn } from '../auth/identities.ts';
import type { Identities } from '../auth/identities.ts';
import type { Environments } from '../environments/environments.ts';

export interface RedirectOptions {
  environments: Pick<Environments, 'find' | 'list'>;
  identities: Pick<Identities, 'identify' | 'identifyCookie'>;
  origins: ReturnType<typeof origins>;
}

const PATH = /^\/preview\/([A-Za-z0-9._~%-]{1,300})(\/.*)?$/;

export const isBackendRedirect = (pathname: string): boolean => pathname.startsWith('/preview/');

/** @throws {TerrariumError} 1001, 1102, 1401 */
export function backendRedirect(request: Request, url: URL, { environments, identities, origins: at }: RedirectOptions): Response {
  const [, encoded, path = '/'] = PATH.exec(url.pathname) ?? [];
  const task = encoded === undefined ? undefined : decoded(encoded);
  if (task === undefined) throw TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: url.pathname.slice(0, 200) });
  // Who knows an environment's id knows its addresses; a task's id is no secret.
  const label = environments.find(task)?.id ?? ofTask(request, task, environments, identities);
  if (label === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: task.slice(0, 64) });
  return new Response(null, { status: 307, headers: { location: at.backend(label) + path + url.search, 'cache-control': 'no-store' } });
}

/** The newest environment of the task in which the caller has a role. A link followed from elsewhere counts too: what it leads to is not told to where it was. */
function ofTask(request: Request, task: string, environments: RedirectOptions['environments'], identities: RedirectOptions['identities']): string | undefined {
  const identity = identities.identify(request) ?? identities.identifyCookie(request.headers.get('cookie'));
  if (identity === undefined) return undefined;
  const own = environments.list().filter(({ id, taskId }) => taskId === task && roleIn(identity, id) !== undefined);
  return own.sort((a, b) => b.createdAt - a.createdAt)[0]?.id;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
