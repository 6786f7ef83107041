/** The origin that frames this page: the client. Who may frame is decided by the server's `frame-ancestors`. @throws outside of a frame */
export function clientOrigin(): string {
  if (parent === window) throw new Error('The container host is opened by @webcontainer/api in a frame.');
  const [ancestor] = location.ancestorOrigins ?? [];
  if (ancestor !== undefined) return ancestor;
  // Firefox before 155 has no ancestorOrigins; there the referrer policy of the broker sends the origin.
  return new URL(document.referrer).origin;
}
