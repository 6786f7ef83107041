import { expect, test } from 'vitest';
import { createDisk } from '../disk/index.ts';
import { mkdirp } from '../disk/names.ts';
import { replicaCommand } from './index.ts';

const request = { command: 'terrarium-replica', args: [], cwd: '/home/project', env: {} };

function diskWithProject() {
  const disk = createDisk();
  mkdirp(disk, '/home/project', 0o755, { cwd: '/', umask: 0 });
  return disk;
}

test('what was under way when the command ended is not told, its end is told once', async () => {
  const told: (Uint8Array | null)[] = [];
  const running = replicaCommand(diskWithProject())(request, async (bytes) => void told.push(bytes));
  running.write(`${JSON.stringify({ t: 'ask', id: 1 })}\n`);
  running.kill();
  running.kill();
  expect(await running.exited).toBe(143);
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(told.at(-1)).toBeNull();
  expect(told.filter((bytes) => bytes === null)).toHaveLength(1);
});

test('a reader that has gone ends the command', async () => {
  const running = replicaCommand(diskWithProject())(request, () => Promise.reject(new Error('closed')));
  running.write('no line of the protocol\n');
  expect(await running.exited).toBe(141);
});
