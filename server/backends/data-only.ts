/** What runs where only the database of an environment is asked for, and its project has no backend: nothing but the runtime around the database. */
import { createHash } from 'node:crypto';
import type { Bundled } from './bundle.ts';

const SOURCE = `const body = JSON.stringify({ error: { code: 'E-TERRARIUM-1200', message: 'This environment has no backend.', retryable: false } });
export default { fetch: () => new Response(body, { status: 404, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } }) };
`;

export const DATA_ONLY: Bundled = {
  bundle: { digest: createHash('sha256').update(SOURCE).digest('hex'), modules: [{ name: 'index.js', kind: 'esm', content: SOURCE }], sourceMap: undefined },
  inputs: [],
  warnings: [],
};
