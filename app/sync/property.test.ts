/**
 * [S19] Several members with runtimes (the real disk, replica and sync of each) on one real room, people typing, programs writing in all the ways that they
 * do, connections cut, tabs crashing: in the end everybody has the same, nothing that was acknowledged is lost, nothing is there twice.
 * What fast-check prints on a failure holds the seed; `SYNC_SEED=… SYNC_RUNS=1` runs it again, a larger `SYNC_RUNS` looks further.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deleteFile, findByPath, listFiles } from '../../shared/document/schema.ts';
import { Fleet, LIST, settled } from './testing-fleet.ts';

const FILES = ['a.txt', 'b.txt', 'src/c.txt'];
type Kind = 'type' | 'typeInline' | 'typeInList' | 'read' | 'edit' | 'editInline' | 'append' | 'replace' | 'halfWrite' | 'generate' | 'create' | 'remove' | 'rename' | 'cut' | 'mend' | 'crash' | 'crashHalfWritten' | 'wait';
const COMMON: Kind[] = ['type', 'type', 'typeInline', 'read', 'edit', 'edit', 'editInline', 'append', 'replace', 'halfWrite', 'typeInList', 'generate', 'create', 'remove', 'cut', 'mend', 'wait', 'wait'];
const stepOf = (kinds: Kind[]) => fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(2), program: fc.nat(1), file: fc.nat(2), at: fc.nat(1000), wait: fc.nat(12) });
type Step = ReturnType<typeof stepOf> extends fc.Arbitrary<infer T> ? T : never;

const RUNS = Number(process.env['SYNC_RUNS'] ?? 3);
const SEED = process.env['SYNC_SEED'];

async function perform(fleet: Fleet, { kind, who, program, file, at, wait }: Step): Promise<void> {
  const path = FILES[file] as string;
  const runtime = fleet.runtime(who);
  const run = runtime.programs[program] as NonNullable<(typeof runtime.programs)[number]>;
  switch (kind) {
    case 'type': return fleet.type(runtime, path, at, (token) => `${token}\n`, 'lineStart');
    case 'typeInline': return fleet.type(runtime, path, at, (token) => ` ${token}`, 'lineEnd');
    case 'read': return run.read(path);
    case 'edit': return run.edit(path, at, 'line');
    case 'editInline': return run.edit(path, at, 'inline');
    case 'append': return run.append(path);
    case 'replace': return run.replace(path, at);
    case 'halfWrite': return await run.halfWrite(path, at, wait);
    case 'typeInList': return fleet.type(runtime, LIST, at, (token) => ` ${token}`, 'lineEnd');
    case 'generate': return fleet.generate(at % 4, who);
    case 'create': return run.create(`made/${at % 5}.txt`);
    case 'rename': return run.rename(path);
    case 'remove': return run.remove(`made/${at % 5}.txt`);
    case 'cut': return runtime.member.cut();
    case 'mend': return runtime.member.mend();
    case 'crash': return await fleet.crash(who, at % 2 === 0);
    case 'crashHalfWritten': {
      run.beginWrite(path);
      return await fleet.crash(who, at % 2 === 0);
    }
    case 'wait': await new Promise((resolve) => setTimeout(resolve, wait * 5));
  }
}

test.each<[string, Kind[]]>([
  ['programs rename files', ['rename']],
  ['tabs crash, also in the middle of a write', ['crash', 'crashHalfWritten']],
])('[S19] nothing acknowledged is lost and nothing is doubled: %s', async (_name, more) => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf([...COMMON, ...more]), { minLength: 20, maxLength: 60 }), fc.nat(15), async (steps, delay) => {
      const fleet = await Fleet.open({ ...Object.fromEntries(FILES.map((path) => [path, `${path} 1\n${path} 2\n${path} 3\n`])), [LIST]: 'slot 0\nslot 1\nslot 2\nslot 3\n' }, delay);
      try {
        for (const each of steps) {
          await perform(fleet, each);
          if (each.wait % 3 === 0) await new Promise((resolve) => setTimeout(resolve, each.wait));
        }
        await settled(fleet);
        fleet.check();
      } finally {
        await fleet.close();
      }
    }),
    { numRuns: RUNS, endOnFailure: true, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );
}, 60_000 + RUNS * 15_000);

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
