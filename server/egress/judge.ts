/** Which addresses an environment may reach: what it declares and the deployment allows, by https on its usual port (SPEC EG1-EG4). */
import { isIP } from 'node:net';
import { TerrariumError } from '../../shared/errors/error.ts';
import { isHostPattern, hostName, matchesHost } from '../../shared/host-pattern.ts';
import type { BackendSettings, Credential } from '../backend-settings/settings.ts';

export interface JudgeOptions {
  settings: Pick<BackendSettings, 'declared'>;
  /** Patterns of the deployment. */
  allow: readonly string[];
  /** Origins whose scheme, port and address are not looked at: for tests, which have no public server. */
  allowedOrigins: readonly string[];
}

export interface Judged {
  url: URL;
  credential: Credential | undefined;
  /** The address is not looked at. */
  open: boolean;
}

/** @throws {TerrariumError} 1254, 1255, 1256 */
export function judge(environmentId: string, address: string, { settings, allow, allowedOrigins }: JudgeOptions): Judged {
  const refuse = (host: string, reason: string) => TerrariumError.of('E-TERRARIUM-1256', { host: host.slice(0, 255), reason });
  if (!URL.canParse(address)) throw refuse(address, 'it is no address');
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse(url.protocol, 'only https is spoken');
  const host = hostName(url.hostname);
  if (url.username !== '' || url.password !== '') throw refuse(host, 'the address carries a name or a password');
  // The URL parser has turned every spelling of a number into the usual one.
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !isHostPattern(host) || host.startsWith('*')) throw refuse(host, 'it is not the name of a public host');
  const declared = settings.declared(environmentId, host);
  if (declared === undefined) throw TerrariumError.of('E-TERRARIUM-1254', { host });
  if (!allow.some((pattern) => matchesHost(pattern, host))) throw TerrariumError.of('E-TERRARIUM-1255', { host });
  const open = allowedOrigins.includes(url.origin);
  if (!open && (url.protocol !== 'https:' || url.port !== '')) throw refuse(host, 'only https on its usual port is spoken');
  return { url, credential: declared.credential, open };
}
