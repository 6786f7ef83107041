/**
 * The one place that builds and parses the host names of a deployment (docs/architecture.md).
 * A deployment has a base host (`localhost:4000`); everything else is a subdomain of it.
 */

/** 3-56 of `[a-z0-9]` with single inner hyphens, so that `foo--5173` can only be port 5173 of `foo`; `xn--` is out by the same rule. */
const LABEL = /^(?=.{3,56}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Labels under `preview.` that are the deployment's own and never an environment's. */
export const RESERVED_LABELS: ReadonlySet<string> = new Set(['packages']);

export type HostRole =
  | { role: 'app' }
  | { role: 'broker'; label: string }
  | { role: 'host'; label: string }
  | { role: 'preview'; label: string; port: number }
  | { role: 'packages' }
  /** A share link's own host, for its first port or for another one that it has. */
  | { role: 'share'; name: string; port: number | undefined }
  /** The environment's own server; its code is the task's. */
  | { role: 'backend'; label: string }
  | { role: 'unknown' };

export function isLabel(text: string): boolean {
  return LABEL.test(text) && !RESERVED_LABELS.has(text);
}

/** `baseHost` and `hostHeader` are `name[:port]`, any case; the result is `unknown` for all that is not ours. */
export function parseHost(hostHeader: string | undefined, baseHost: string): HostRole {
  const host = (hostHeader ?? '').toLowerCase();
  const base = baseHost.toLowerCase();
  if (host === base) return { role: 'app' };
  if (!host.endsWith(`.${base}`)) return { role: 'unknown' };
  const parts = host.slice(0, -base.length - 1).split('.');
  const [name, room] = parts;
  if (parts.length !== 2 || name === undefined) return { role: 'unknown' };
  if (room === 'broker') return isLabel(name) ? { role: 'broker', label: name } : { role: 'unknown' };
  if (room === 'backend') return isLabel(name) ? { role: 'backend', label: name } : { role: 'unknown' };
  if (room === 'share') return shareHost(name);
  if (room !== 'preview') return { role: 'unknown' };
  if (name === 'packages') return { role: 'packages' };
  if (isLabel(name)) return { role: 'host', label: name };
  const preview = withPort(name);
  return preview === undefined ? { role: 'unknown' } : { role: 'preview', ...preview };
}

function shareHost(name: string): HostRole {
  if (isLabel(name)) return { role: 'share', name, port: undefined };
  const share = withPort(name);
  return share === undefined ? { role: 'unknown' } : { role: 'share', name: share.label, port: share.port };
}

/** `<label>--<port>` */
function withPort(name: string): { label: string; port: number } | undefined {
  const match = /^(.+)--([1-9][0-9]{0,4})$/.exec(name);
  const label = match?.[1];
  const port = Number(match?.[2]);
  return label === undefined || !isLabel(label) || port > 65535 ? undefined : { label, port };
}

/** Origins of a deployment, each without a trailing slash. `base` is the app's origin, e.g. `http://localhost:4000`. */
export function origins(base: string) {
  const { protocol, host } = new URL(base);
  const at = (name: string) => `${protocol}//${name}.${host}`;
  return {
    app: `${protocol}//${host}`,
    broker: (label: string) => at(`${label}.broker`),
    host: (label: string) => at(`${label}.preview`),
    preview: (label: string, port: number) => at(`${label}--${port}.preview`),
    packages: at('packages.preview'),
    backend: (label: string) => at(`${label}.backend`),
    /** Of a share link; without a port, of its first one. */
    share: (name: string, port?: number) => at(port === undefined ? `${name}.share` : `${name}--${port}.share`),
  };
}
