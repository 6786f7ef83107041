import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';

let server: TestServer;
let id: string;
beforeAll(async () => {
  server = await startTestServer();
  id = await server.create();
});
afterAll(async () => await server.dispose());

const location = async (path: string, init: Parameters<TestServer['api']>[1] = {}) => {
  const response = await server.api(path, init);
  return [response.status, response.headers.get('location')];
};

test('[BP16] an environment’s id leads to its backend, path and query kept, with 307', async () => {
  const origin = `http://${id}.backend.localhost:4000`;
  expect(await location(`/preview/${id}/api/notes?q=a%20b`, { token: undefined, method: 'POST' })).toEqual([307, `${origin}/api/notes?q=a%20b`]);
  expect(await location(`/preview/${id}`, { token: undefined })).toEqual([307, `${origin}/`]);
  expect(await location(`/preview/${id}//evil.example/`, { token: undefined })).toEqual([307, `${origin}//evil.example/`]);
});

test('[BP16] a task’s id leads its members there, and tells nobody else that it exists', async () => {
  const viewer = await server.invite(id, 'viewer');
  expect(await location('/preview/task/x')).toEqual([307, `http://${id}.backend.localhost:4000/x`]);
  expect(await location('/preview/task/x', { token: viewer })).toEqual([307, `http://${id}.backend.localhost:4000/x`]);
  expect(await location('/preview/task/x', { token: undefined })).toEqual([404, null]);
  expect(await location('/preview/none/x')).toEqual([404, null]);
  expect(await location('/preview/%ff/x')).toEqual([404, null]);
});
