/** Backends through a whole server: from suspended to the first answer, and from an edit to the answer of the new version. Milliseconds, medians. */
import { request } from 'node:http';
import { startListening } from '../../server/testing.ts';
import { median, type Figures } from './figures.ts';

const RUNS = 9;
const code = (word: string): string => `export default { fetch: () => new Response(${JSON.stringify(word)}) };`;

export async function measureBackends(figures: Figures): Promise<void> {
  const { server, port, id } = await startListening();
  const get = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/', headers: { host: `${id}.backend.localhost:${port}` } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve(text)).on('error', reject);
      });
      asked.on('error', reject).end();
    });
  const edit = (word: string): Promise<unknown> => server.api(`/api/environments/${id}/files/backend/index.ts`, { method: 'PUT', body: code(word) });
  const until = async (word: string): Promise<void> => {
    while ((await get()) !== word) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  try {
    await edit('start');
    await server.api(`/api/environments/${id}/resume`, { method: 'POST' });
    await until('start');
    const [cold, redeploy]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      await server.backends.suspend(id);
      const began = performance.now();
      await get();
      cold.push(performance.now() - began);
      const edited = performance.now();
      await edit(`version ${run}`);
      await until(`version ${run}`);
      redeploy.push(performance.now() - edited);
    }
    figures.set('backend.cold.ms', median(cold)).set('backend.redeploy.ms', median(redeploy));
  } finally {
    await server.dispose();
  }
}
