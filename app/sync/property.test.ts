/**
 * [S19] Several members with runtimes (the real disk, replica and sync of each) on one real room, people typing, programs writing in all the ways that they
 * do, connections cut, tabs crashing: in the end everybody has the same, nothing that was acknowledged is lost, nothing is there twice.
 * A run is the same for the same seed (testing-clock.ts), and the suite is the same each time: `SYNC_SEED=… SYNC_RUNS=…` looks elsewhere and further.
 */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { deleteFile, findByPath, listFiles } from '../../shared/document/schema.ts';
import { withOwnClock } from './testing-clock.ts';
import { Fleet, settled } from './testing-fleet.ts';
import { COMMON, play, stepOf, type Kind } from './testing-steps.ts';

// Ids of files decide which of two is seen under one name: of `Math.random`, which a run repeats.
vi.mock('nanoid', () => import('nanoid/non-secure'));

const RUNS = Number(process.env['SYNC_RUNS'] ?? 25);
const SEED = Number(process.env['SYNC_SEED'] ?? 11);

test.each<[string, Kind[]]>([
  ['programs rename files', ['rename']],
  ['tabs crash, also in the middle of a write', ['crash', 'crashHalfWritten']],
  ['programs rename files, and tabs crash', ['rename', 'crash', 'crashHalfWritten']],
])('[S19] nothing acknowledged is lost and nothing is doubled: %s', async (_name, more) => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf([...COMMON, ...more]), { minLength: 20, maxLength: 60 }), fc.nat(15), fc.nat(), (steps, delay, seed) => withOwnClock(seed, () => play(steps, delay))),
    { numRuns: RUNS, endOnFailure: true, seed: SEED },
  );
}, 60_000 + RUNS * 1000);

test('the property test can fail: what is taken out of the room behind everybody’s back is missed', async () => {
  const fleet = await Fleet.open({ 'a.txt': '1\n' }, 0);
  try {
    fleet.type(fleet.runtime(0), 'a.txt', 0, (token) => `${token}\n`, 'lineStart');
    await settled(fleet);
    fleet.check();
    deleteFile(fleet.room.doc, findByPath(fleet.room.doc, 'a.txt')?.id ?? '');
    await settled(fleet);
    expect(listFiles(fleet.runtime(1).doc)).toEqual([]);
    expect(() => fleet.check()).toThrow('lost');
  } finally {
    await fleet.close();
  }
});
