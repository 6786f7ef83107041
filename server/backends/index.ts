/** The backends of a server, put together: packages, bundler, driver, pool, deploys. */
import path from 'node:path';
import type { Environments } from '../environments/environments.ts';
import type { Blobs } from '../environments/blobs.ts';
import type { Logger } from '../logger.ts';
import type { PackagesApp } from '../packages/index.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { TerrariumConfig } from '../../shared/config/schema.ts';
import { createBuilder } from './build.ts';
import { createDeploys } from './deploys.ts';
import type { Deploys } from './deploys.ts';
import { createModules } from './modules.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';
import { createBackendStore } from './store.ts';
import { createWorkerdDriver } from './workerd/driver.ts';

export interface BackendsOptions {
  dataDir: string;
  config: TerrariumConfig['backend'];
  packages: Pick<PackagesApp, 'install' | 'policy'>;
  rooms: Rooms;
  blobs: Blobs;
  environments: Environments;
  variables(environmentId: string): Readonly<Record<string, string>>;
  /** Of the environment's egress end. */
  egressSocket(environmentId: string): Promise<string | undefined> | string | undefined;
  logger: Logger;
}

/** Without an answer to the probe for so long, milliseconds, an instance is ended: at most this is what an endless loop costs its environment. */
const STUCK_MS = 1000;

export function createBackends({ dataDir, config, packages, rooms, blobs, environments, variables, egressSocket, logger }: BackendsOptions): { pool: Pool; deploys: Deploys; close(): Promise<void> } {
  const driver = createWorkerdDriver();
  const modules = createModules({ folder: path.join(dataDir, 'backend-modules'), dataDir, packages });
  const pool = createPool({
    driver,
    builder: createBuilder({ modules, policy: packages.policy, readBlob: (environmentId, sha256) => blobs.get(environmentId, sha256) }),
    store: createBackendStore(path.join(dataDir, 'backends')),
    rooms, environments, variables, egressSocket, logger,
    limits: { memoryMb: config.memory_mb, diskMb: config.disk_mb, stuckMs: STUCK_MS },
    maxInstances: config.max_instances,
    idleMs: config.instance_timeout,
  });
  const deploys = createDeploys({ pool, isActive: (id) => environments.find(id)?.status === 'running' });
  const failed = (what: string) => (error: unknown) => logger.error(what, { error: String(error) });
  environments.onActivated(deploys.activate);
  environments.onSuspended((id) => void pool.suspend(id).catch(failed('A backend was not suspended')));
  environments.onRemoved((id) => void pool.remove(id).catch(failed('A backend was not removed')));
  void driver.warnings().then((sentences) => sentences.forEach((sentence) => logger.warn(sentence)), failed('The machine was not asked what it can isolate'));
  return {
    pool,
    deploys,
    async close() {
      deploys.close();
      await pool.close();
    },
  };
}
