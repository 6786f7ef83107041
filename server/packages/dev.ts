/**
 * The package service alone, for working on it: `node server/packages/dev.ts [port]` (4120 when left out).
 * Any bearer token of the form `dev-<label>` is a capability; TERRARIUM_DATA chooses the folder.
 */
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createLogger } from '../logger.ts';
import { createPackagesApp } from './index.ts';

const port = Number(process.argv[2] ?? 4120);
const app = await createPackagesApp({
  dataDir: process.env['TERRARIUM_DATA'] ?? join(import.meta.dirname, '../../.terrarium/test-cache'),
  config: { packagesMode: process.env['TERRARIUM_PACKAGES_MODE'] === 'open' ? 'open' : 'allowlist' },
  verifyCapability: (token) => (token.startsWith('dev-') ? { label: token.slice(4), kind: 'packages' } : undefined),
  logger: createLogger(),
});
serve({ fetch: (request) => app.fetch(request), port, hostname: '127.0.0.1' }, () => process.stdout.write(`Packages on http://packages.preview.localhost:${port}\n`));
