/** How many environments are active at once, and for how long without use (row A4, SPEC.md). */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Environment, Environments } from '../environments/environments.ts';
import type { Logger } from '../logger.ts';
import type { Rooms } from '../rooms/rooms.ts';

/** Close code of a suspended environment's connections: 4000 and the error's HTTP status. */
export const CLOSE_SUSPENDED = 4423;
const LOOK_MS = 30_000;

export interface ResourceManager {
  suspend(environmentId: string): void;
  /** At the cap, another one is suspended for it. */
  resume(environmentId: string): void;
  /** Suspends what nobody has used for too long. */
  look(): void;
  readonly maxActive: number;
  close(): void;
}

export interface ResourceOptions {
  environments: Environments;
  rooms: Pick<Rooms, 'end'>;
  maxActive: number;
  /** Milliseconds. */
  idleMs: number;
  logger: Logger;
}

/** One that was created and never opened has no container and no connection: it takes no place. */
export const isActive = ({ status }: Pick<Environment, 'status'>): boolean => status === 'running';

export function createResourceManager({ environments, rooms, maxActive, idleMs, logger }: ResourceOptions): ResourceManager {
  const timer = setInterval(look, Math.min(LOOK_MS, Math.max(1000, idleMs / 2))).unref();
  environments.onActivated(makeRoomFor);

  function suspend(environmentId: string, reason: string): void {
    environments.touch(environmentId, 'suspended');
    // Ended before the members hear of it: what they typed is on its way to the disk already, and comes back with the document.
    const error = TerrariumError.of('E-TERRARIUM-1159');
    rooms.end(environmentId, CLOSE_SUSPENDED, `${error.code} ${error.message}`);
    logger.info('Environment suspended', { environmentId, reason });
  }

  function makeRoomFor(environmentId: string): void {
    const others = environments.list().filter((environment) => isActive(environment) && environment.id !== environmentId);
    const tooMany = others.length + 1 - maxActive;
    if (tooMany <= 0) return;
    for (const { id } of others.sort((a, b) => a.usedAt - b.usedAt || a.createdAt - b.createdAt).slice(0, tooMany)) suspend(id, 'least recently used');
  }

  function look(): void {
    const now = Date.now();
    for (const environment of environments.list()) if (isActive(environment) && now - environment.usedAt >= idleMs) suspend(environment.id, 'idle');
  }

  return {
    maxActive,
    look,
    suspend: (environmentId) => suspend(environmentId, 'asked for'),
    resume: (environmentId) => environments.touch(environmentId, 'running'),
    close: () => clearInterval(timer),
  };
}
