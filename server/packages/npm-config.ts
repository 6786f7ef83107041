/** npm's own configuration of this machine: registry, scopes, credentials, proxies. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NpmOptions } from './registry.ts';

interface ConfigInstance {
  load(): Promise<void>;
  readonly flat: Record<string, unknown>;
}
type ConfigClass = new (options: Record<string, unknown>) => ConfigInstance;

/** The Node release that the container reports, for the `engines` of packages. */
const CONTAINER_NODE = '22.23.3';
const CONTAINER_NPM = '10.9.4';

/** No specifier, of whatever package, makes the server fetch from anywhere but the registry or read its own disk. */
const REGISTRY_ONLY = { allowGit: 'none', allowRemote: 'none', allowFile: 'none', allowDirectory: 'none' };

/** `cacheDir`: where registry responses are kept. */
export async function loadNpmOptions(cacheDir: string): Promise<NpmOptions> {
  const require = createRequire(import.meta.url);
  // @npmcli/config ships no types.
  const Config = require('@npmcli/config') as ConfigClass;
  const { definitions, shorthands, flatten, nerfDarts } = require('@npmcli/config/lib/definitions') as Record<string, unknown>;
  const npmPath = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm');
  const config = new Config({ npmPath, definitions, shorthands, flatten, nerfDarts, argv: ['node', 'npm'], cwd: process.cwd() });
  await config.load();
  return { ...config.flat, ...REGISTRY_ONLY, cache: cacheDir, audit: false, fund: false, nodeVersion: CONTAINER_NODE, npmVersion: CONTAINER_NPM };
}
