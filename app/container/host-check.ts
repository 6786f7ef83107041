/** What is wrong with a container host that keeps silent: the frame that shows it tells nobody whether it is an error page. */
import { TerrariumError } from '../../shared/errors/error.ts';
import { HOST_PATHS } from '../../shared/protocol/preview-channel.ts';

const LIMIT = 5000;

export type HostTrouble =
  /** No answer at all: the name does not resolve, an extension blocks it, the server is away. */
  | { kind: 'unreachable'; error: TerrariumError }
  /** The server, or something before it, answers with an error. */
  | { kind: 'refused'; error: TerrariumError };

/** Undefined when the host's page is served as it should be: then the browser is what keeps it from starting. */
export async function hostTrouble(hostOrigin: string): Promise<HostTrouble | undefined> {
  const url = hostOrigin + HOST_PATHS.headless;
  try {
    const { ok, status } = await fetch(url, { credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(LIMIT) });
    return ok ? undefined : { kind: 'refused', error: TerrariumError.of('E-TERRARIUM-2106', { status }) };
  } catch {
    // Our server lets the app read its answers; a gateway before it may not know how.
    return (await answers(url)) ? { kind: 'refused', error: TerrariumError.of('E-TERRARIUM-2106', { status: 'not one of ours' }) } : { kind: 'unreachable', error: TerrariumError.of('E-TERRARIUM-2103') };
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(LIMIT) });
    return true;
  } catch {
    return false;
  }
}
