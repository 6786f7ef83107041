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

/** The port of the container that a URL names: a sibling preview, or a loopback address as programs write it. Undefined for others. */
export function containerPort(url: URL, { label, hostOrigin }: PreviewPlace): number | undefined {
  const rest = new URL(hostOrigin).host.slice(label.length);
  const sibling = url.host.startsWith(`${label}--`) && url.host.endsWith(rest) ? Number(url.host.slice(label.length + 2, url.host.length - rest.length)) : undefined;
  return Number.isInteger(sibling) ? sibling : undefined;
}
