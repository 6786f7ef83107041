/** Bad input over HTTP at the real server: each gets its code and a sentence that says what to do, and changes nothing. */
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServerProcess, type ServerProcess } from './product/server.ts';

let server: ServerProcess;
let id: string;
beforeAll(async () => {
  server = await createServerProcess();
  await server.start();
  id = await server.create('static-html');
  // Its first change writes down what was there before: that is storage, and no part of a change that is refused.
  await server.api(`/api/environments/${id}/files/notes.txt`, { method: 'PUT', body: 'notes' });
});
afterAll(() => server.dispose());

interface Answer {
  status: number;
  code: string;
  message: string;
}

/** By hand: `fetch` resolves no `*.localhost`, sets its own Host, and straightens paths. */
function ask(path: string, { method = 'GET', host, headers = {}, body = '' }: { method?: string; host?: string; headers?: Record<string, string>; body?: string | Buffer } = {}): Promise<Answer> {
  const { hostname, port, host: base } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const request = http.request({ host: hostname, port, path, method, headers: { ...server.owner, ...headers, host: host === undefined ? base : `${host}.${base}` } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const { error } = JSON.parse(Buffer.concat(pieces).toString()) as { error: { code: string; message: string } };
        resolve({ status: response.statusCode ?? 0, ...error });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** But when somebody last asked for something: a refused request is use too. */
const everything = async () => (await server.api(`/api/environments/${id}/files`)).text().then(async (files) => files + (await (await server.api('/api/environments')).text()).replaceAll(/"usedAt":"[^"]*"/g, ''));
const file = (path: string) => `/api/environments/${id}/files/${path}`;
const json = { 'content-type': 'application/json' };

test.each<[string, () => Promise<Answer>, number, string, RegExp]>([
  ['an unknown template', () => ask('/api/environments', { method: 'POST', headers: json, body: '{"taskId":"t","template":"cobol"}' }), 422, 'E-TERRARIUM-1002', /Choose one of: .*react-ts/],
  ['malformed JSON', () => ask('/api/environments', { method: 'POST', headers: json, body: '{"taskId":' }), 400, 'E-TERRARIUM-1100', /Send one JSON value/],
  ['a field of the wrong type', () => ask('/api/environments', { method: 'POST', headers: json, body: '{"taskId":7,"template":"react-ts"}' }), 422, 'E-TERRARIUM-1101', /taskId/],
  ['a path with ".."', () => ask(file('src%2F..%2F..%2Fsecret'), { method: 'PUT', body: 'x' }), 422, 'E-TERRARIUM-1004', /Use a relative path/],
  ['a path with ".." that is not encoded', () => ask(file('../../../secret'), { method: 'PUT', body: 'x' }), 404, 'E-TERRARIUM-1102', /openapi/],
  ['a path with NUL', () => ask(file('a%00b'), { method: 'PUT', body: 'x' }), 422, 'E-TERRARIUM-1004', /NUL/],
  ['a file over the limit', () => ask(file('big.bin'), { method: 'PUT', body: Buffer.alloc(26 * 1024 * 1024) }), 413, 'E-TERRARIUM-1140', /Send less/],
  ['a name that differs only in case', () => ask(file('INDEX.html'), { method: 'PUT', body: 'x' }), 409, 'E-TERRARIUM-1008', /upper and lower case/],
  ['an unknown environment', () => ask('/api/environments/nobody-here'), 404, 'E-TERRARIUM-1001', /list of environments/],
  ['an unknown host name', () => ask('/', { host: 'nothing' }), 421, 'E-TERRARIUM-1103', /Open the address/],
  ['a label that cannot be one', () => ask('/headless', { host: 'xn--a.preview' }), 421, 'E-TERRARIUM-1103', /Open the address/],
  ['a wrong token', () => ask('/api/environments', { headers: { authorization: 'Bearer not-the-token' } }), 401, 'E-TERRARIUM-1401', /Ask for a new link/],
  ['no token', () => ask('/api/environments', { headers: { authorization: '' } }), 401, 'E-TERRARIUM-1400', /sign-in link/],
  ['a foreign origin', () => ask('/api/environments', { method: 'POST', headers: { ...json, origin: 'https://evil.example' }, body: '{"taskId":"t","template":"react-ts"}' }), 403, 'E-TERRARIUM-1403', /Call the API from the app/],
  ['a forged capability for packages', () => ask('/resolve', { method: 'POST', host: 'packages.preview', headers: { ...json, authorization: 'Bearer forged' }, body: '{}' }), 401, 'E-TERRARIUM-1401', /new link/],
])('%s', async (_name, send, status, code, advice) => {
  const before = await everything();
  const answer = await send();
  expect([answer.status, answer.code]).toEqual([status, code]);
  expect(answer.message).toMatch(advice);
  expect(await everything()).toBe(before);
});
