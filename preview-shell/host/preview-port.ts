/**
 * The port that a preview origin shows: `http://<label>--<port>.preview.…` beside the host `http://<label>.preview.…`. Undefined for every other origin.
 */
export function previewPort(origin: string, hostOrigin: string): number | undefined {
  const host = new URL(hostOrigin);
  const dot = host.host.indexOf('.');
  const label = host.host.slice(0, dot);
  const rest = host.host.slice(dot);
  const prefix = `${host.protocol}//${label}--`;
  if (!origin.startsWith(prefix) || !origin.endsWith(rest)) return undefined;
  const digits = origin.slice(prefix.length, origin.length - rest.length);
  const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : undefined;
  return port !== undefined && port <= 65535 ? port : undefined;
}
