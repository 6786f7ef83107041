/** What a preview origin's own name says: `<label>--<port>.preview.<base>`. */
export interface PreviewPlace {
  label: string;
  port: number;
  hostOrigin: string;
  appOrigin: string;
}

export function placeOf({ protocol, host }: { protocol: string; host: string }): PreviewPlace {
  const match = /^(.+)--(\d+)(\.preview\.(.+))$/.exec(host);
  const [, label = '', port = '', rest = '', base = ''] = match ?? [];
  if (match === null) throw new Error(`${host} is no preview's host.`);
  return { label, port: Number(port), hostOrigin: `${protocol}//${label}${rest}`, appOrigin: `${protocol}//${base}` };
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])$/;
const MAX_PORT = 65_535;

export interface ContainerPort {
  port: number;
  /** The URL is a loopback address, as programs write it; else the address of a preview. */
  loopback: boolean;
}

/** The port of the container that a URL of http or ws names: a preview of the same label, or a loopback address. Undefined for others. */
export function containerPort(url: URL, { label, hostOrigin }: Pick<PreviewPlace, 'label' | 'hostOrigin'>): ContainerPort | undefined {
  if (LOOPBACK.test(url.hostname)) {
    const isPlain = url.protocol === 'http:' || url.protocol === 'ws:';
    return isPlain ? { port: Number(url.port === '' ? 80 : url.port), loopback: true } : undefined;
  }
  const host = new URL(hostOrigin);
  const rest = host.host.slice(label.length);
  const isWeb = url.protocol === host.protocol || url.protocol === host.protocol.replace('http', 'ws');
  if (!isWeb || !url.host.startsWith(`${label}--`) || !url.host.endsWith(rest)) return undefined;
  const digits = url.host.slice(label.length + 2, url.host.length - rest.length);
  return /^[1-9]\d{0,4}$/.test(digits) && Number(digits) <= MAX_PORT ? { port: Number(digits), loopback: false } : undefined;
}

/** The origin of another port of the same environment. */
export function siblingOrigin({ label, hostOrigin }: Pick<PreviewPlace, 'label' | 'hostOrigin'>, port: number): string {
  const { protocol, host } = new URL(hostOrigin);
  return `${protocol}//${label}--${port}${host.slice(label.length)}`;
}
