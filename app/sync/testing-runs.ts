/** For tests: rooms and runtimes that end with the test that has opened them. */
import { afterEach } from 'vitest';
import { newDisk, openWorld, synced, type Synced, type World } from './testing.ts';

const open: Synced[] = [];
const worlds: World[] = [];
afterEach(async () => {
  for (const { sync, member } of open.splice(0)) {
    sync.stop();
    member.leave();
  }
  for (const world of worlds.splice(0)) await world.close();
});

export function newWorld(...options: Parameters<typeof openWorld>): World {
  const world = openWorld(...options);
  worlds.push(world);
  return world;
}

export function keep(made: Synced): Synced {
  open.push(made);
  return made;
}

export interface Started extends Synced {
  world: World;
}

/** A room with these files and one member with a runtime; `prepare` comes before the member does. */
export async function start(files: Record<string, string>, disk = newDisk(), prepare: (world: World) => void = () => undefined): Promise<Started> {
  const world = newWorld(files);
  prepare(world);
  return { ...keep(await synced(world, world.join(), disk)), world };
}

/** The same member's runtime once more, on the disk that is there. */
export const again = async ({ world, member, disk }: Started): Promise<Synced> => keep(await synced(world, member, disk));
