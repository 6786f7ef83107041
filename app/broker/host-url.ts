/**
 * Works out, from the broker's own host name, who embeds it and which container host it talks to, and tells the library.
 * Imported before `@webcontainer/api`, which takes its host from this global.
 */
import { origins, parseHost } from '../../shared/hosts.ts';
import { embedderPolicy } from '../../shared/isolation.ts';

declare global {
  var WEBCONTAINER_API_IFRAME_URL: string | undefined;
}

function readAddress(location: { protocol: string; host: string }) {
  const base = location.host.replace(/^[^.]+\.broker\./, '');
  const role = parseHost(location.host, base);
  if (role.role !== 'broker') throw new Error(`Not a broker host name: ${location.host}`);
  const at = origins(`${location.protocol}//${base}`);
  return { appOrigin: at.app, hostOrigin: at.host(role.label) };
}

export const { appOrigin, hostOrigin } = readAddress(location);
globalThis.WEBCONTAINER_API_IFRAME_URL = `${hostOrigin}/headless`;

/** The app's, which its frames share. */
export const coep = embedderPolicy(new URLSearchParams(location.search).get('coep'));
