/** For the property test: what people, programs and the world do, step by step. */
import fc from 'fast-check';
import { Fleet, LIST, settled } from './testing-fleet.ts';

const FILES = ['a.txt', 'b.txt', 'src/c.txt'];
export type Kind = 'type' | 'typeInline' | 'typeInList' | 'read' | 'edit' | 'editInline' | 'append' | 'replace' | 'halfWrite' | 'generate' | 'create' | 'remove' | 'rename' | 'cut' | 'mend' | 'crash' | 'crashHalfWritten' | 'wait';
export const COMMON: Kind[] = ['type', 'type', 'typeInline', 'read', 'edit', 'edit', 'editInline', 'append', 'replace', 'halfWrite', 'typeInList', 'generate', 'create', 'remove', 'cut', 'mend', 'wait', 'wait'];
export const stepOf = (kinds: Kind[]) => fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(2), program: fc.nat(1), file: fc.nat(2), at: fc.nat(1000), wait: fc.nat(12) });
export type Step = ReturnType<typeof stepOf> extends fc.Arbitrary<infer T> ? T : never;

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
      const before = run.beginWrite(path);
      return await fleet.crash(who, at % 2 === 0, before === undefined ? [] : [[path, before]]);
    }
    case 'wait': await new Promise((resolve) => setTimeout(resolve, wait * 5));
  }
}

const CONTENT = { ...Object.fromEntries(FILES.map((path) => [path, `${path} 1\n${path} 2\n${path} 3\n`])), [LIST]: 'slot 0\nslot 1\nslot 2\nslot 3\n' };

/** @throws what was lost or doubled, or does not settle */
export async function play(steps: Step[], delay: number): Promise<void> {
  const fleet = await Fleet.open(CONTENT, delay);
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
}
