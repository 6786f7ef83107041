/**
 * The only way in: hands a request to the program when its `X-Isolated-Auth` is this instance's, and the program never sees it.
 * What the program throws is answered here, so that whoever asked learns no more than that it threw; the exception itself goes to the log.
 */
const encoder = new TextEncoder();

function authentic(given, expected) {
  const a = encoder.encode(given ?? '');
  const b = encoder.encode(expected);
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}

export default {
  async fetch(request, env) {
    if (!authentic(request.headers.get('x-isolated-auth'), env.AUTH)) return new Response('Requests come through the proxy only.\n', { status: 403 });
    const headers = new Headers(request.headers);
    headers.delete('x-isolated-auth');
    try {
      return await env.PROGRAM.fetch(new Request(request, { headers, redirect: 'manual' }));
    } catch {
      return new Response('The program ended with an exception.\n', { status: 500, headers: { 'x-isolated-outcome': 'exception' } });
    }
  },
};
