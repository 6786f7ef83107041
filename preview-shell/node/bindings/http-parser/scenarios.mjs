/**
 * Conversations that both parsers are given, ours and Node's, and what they report. Plain JavaScript: Node v22 runs it as it is,
 * with --expose-internals, and prints the reports as JSON.
 */
const many = (count) => Array.from({ length: count }, (_, i) => `X-Field-${i}: value ${i}\r\n`).join('');

/** name, type, pieces, options */
export const scenarios = [
  ['a request', 'REQUEST', ['GET /a?b=1 HTTP/1.1\r\nHost: x\r\nAccept:  */* \t\r\n\r\n']],
  ['cut everywhere', 'REQUEST', [...'POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc']],
  ['pipelined', 'REQUEST', ['GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.0\r\n\r\n']],
  ['chunked with trailers', 'REQUEST', ['PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n']],
  ['many headers', 'REQUEST', [`GET / HTTP/1.1\r\n${many(70)}\r\n`]],
  ['headers too large', 'REQUEST', [`GET / HTTP/1.1\r\nX: ${'y'.repeat(300)}\r\n\r\n`], { maxHeaderSize: 200 }],
  ['an upgrade', 'REQUEST', ['GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nrest of it']],
  ['CONNECT', 'REQUEST', ['CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\nbytes']],
  ['a response', 'RESPONSE', ['HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno']],
  ['a response until the end', 'RESPONSE', ['HTTP/1.1 200 OK\r\n\r\nsome', ' more'], { finish: true }],
  ['a response cut', 'RESPONSE', ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome'], { finish: true }],
  ['1xx before the response', 'RESPONSE', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']],
  ['an answer to HEAD', 'RESPONSE', ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 204 Gone\r\n\r\n'], { headersAnswer: 1 }],
  ['no method', 'REQUEST', ['NONSENSE / HTTP/1.1\r\n\r\n']],
  ['no header token', 'REQUEST', ['GET / HTTP/1.1\r\nBad Header: 1\r\n\r\n']],
  ['length twice', 'REQUEST', ['POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n']],
  ['length and chunked', 'REQUEST', ['POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n']],
  ['bad chunk size', 'REQUEST', ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n']],
  ['bare LF, strict', 'REQUEST', ['GET / HTTP/1.1\nHost: x\n\n']],
  ['bare LF, lenient', 'REQUEST', ['GET / HTTP/1.1\nHost: x\n\n'], { lenient: 1023 }],
  ['latin1 in a header', 'RESPONSE', ['HTTP/1.1 200 \xe9t\xe9\r\nX: \xfc\r\nContent-Length: 0\r\n\r\n']],
  ['keep-alive of 1.0', 'REQUEST', ['GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n']],
  ['data after close', 'REQUEST', ['GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n']],
];

const printable = (value) => (value instanceof Uint8Array ? `bytes:${Buffer.from(value).toString('latin1')}` : value === undefined ? '<undefined>' : value);

export function run({ HTTPParser }, [, type, pieces, { maxHeaderSize = 0, lenient = 0, finish = false, headersAnswer } = {}]) {
  const report = [];
  const parser = new HTTPParser();
  parser.initialize(HTTPParser[type], {}, maxHeaderSize, lenient);
  const names = ['kOnMessageBegin', 'kOnHeaders', 'kOnHeadersComplete', 'kOnBody', 'kOnMessageComplete'];
  for (const name of names) {
    parser[HTTPParser[name]] = (...args) => {
      report.push([name, ...args.map(printable)]);
      return name === 'kOnHeadersComplete' ? headersAnswer : undefined;
    };
  }
  const outcome = (result) => (result instanceof Error ? { message: result.message, code: result.code, reason: result.reason, bytesParsed: result.bytesParsed } : printable(result));
  for (const piece of pieces) report.push(['execute', outcome(parser.execute(Buffer.from(piece, 'latin1')))]);
  if (finish) report.push(['finish', outcome(parser.finish())]);
  parser.close();
  return report;
}

if (process.argv[2] === 'print') {
  const { createRequire } = await import('node:module');
  const { internalBinding } = createRequire(import.meta.url)('internal/test/binding');
  process.stdout.write(JSON.stringify(scenarios.map((scenario) => run(internalBinding('http_parser'), scenario))));
}
