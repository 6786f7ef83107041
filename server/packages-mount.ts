/** The package service's app (server/packages/), mounted on its own host name. */
import type { Logger } from './logger.ts';
import type { Capability } from './auth/capability.ts';
import type { Settings } from './settings.ts';

export interface PackagesDeps {
  dataDir: string;
  config: Settings;
  verifyCapability(token: string): Capability | undefined;
  logger: Logger;
}

type PackagesModule = { createPackagesApp(deps: PackagesDeps): PackagesApp | Promise<PackagesApp> };
type PackagesApp = { fetch(request: Request): Response | Promise<Response> };

export async function loadPackages(deps: PackagesDeps): Promise<((request: Request) => Promise<Response> | Response) | undefined> {
  const address = new URL('./packages/index.ts', import.meta.url).href;
  const loaded = (await import(address).catch((error: unknown) => {
    deps.logger.error('The package service could not be loaded', { error: String(error) });
    return undefined;
  })) as PackagesModule | undefined;
  const app = await loaded?.createPackagesApp(deps);
  return app === undefined ? undefined : (request) => app.fetch(request);
}
