import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCommandOf, vitestArguments } from './command.ts';
import { EVENT_MARK, EventReader } from './events.ts';
import type { TestEvent } from './events.ts';
import { REPORTER_SOURCE } from './vitest-reporter.ts';

describe('[V1] the command', () => {
  const script = (text: string) => testCommandOf(JSON.stringify({ scripts: { test: text } }));
  test.each([
    ['vitest', []],
    ['vitest run', []],
    ['npx vitest run --config vitest.unit.ts', ['--config', 'vitest.unit.ts']],
    ['vitest --watch=false --coverage', ['--coverage']],
    ['vitest src', ['src']],
    ['vitest run bench', ['bench']],
    ['vitest run --reporter=verbose', ['--reporter=verbose']],
  ])('%s is Vitest', (text, options) => expect(script(text)).toEqual({ runner: 'vitest', options }));
  test.each(['vitest run && echo done', 'CI=1 vitest', 'jest', 'vitest run "a b"', 'vitest; rm -rf .', 'vitest $(x)', 'vitest bench', 'npx vitest related src/a.ts', 'vitest list', 'vitest --help', 'vitest run -v', 'vitest --merge-reports=x', 'echo vitest', 'vitest-something run', 'node vitest'])('%s is run as it is', (text) => expect(script(text)).toEqual({ runner: 'script' }));
  test.each(['{}', 'no json', '{"scripts":{"test":" "}}', '{"scripts":{"test":3}}', '[]'])('%s has none', (text) => expect(testCommandOf(text)).toEqual({ runner: 'none' }));
  test('[V4] one test by its whole name, matched as text; [V5] watching', () => {
    expect(vitestArguments([], '/r.mjs', { watch: false, file: 'a.test.ts', names: ['adds', '1 + 1 (twice)'] })).toEqual(['vitest', 'run', 'a.test.ts', '--testNamePattern', '^\\s*adds(?: > | )1 \\+ 1 \\(twice\\)$', '--reporter=default', '--reporter=/r.mjs', '--includeTaskLocation']);
    expect(vitestArguments(['--globals'], '/r.mjs', { watch: true }).slice(0, 3)).toEqual(['vitest', 'watch', '--globals']);
  });
});

describe('[V2] the output', () => {
  const end: TestEvent = { t: 'end', failures: [] };
  test('events are lines of their own, however the text is cut; all else is output', () => {
    const text = `before\n${EVENT_MARK}${JSON.stringify(end)}\nbetween ${EVENT_MARK}not\n${EVENT_MARK}{"t":"none"}\n${EVENT_MARK}rubbish\nafter`;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 8 }), (cuts) => {
        const reader = new EventReader();
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const taken = places.slice(1).map((at, index) => reader.take(text.slice(places[index], at)));
        expect(taken.flatMap(({ events }) => events)).toEqual([end]);
        expect(taken.map(({ rest }) => rest).join('')).toBe(`before\nbetween ${EVENT_MARK}not\n${EVENT_MARK}{"t":"none"}\n${EVENT_MARK}rubbish\nafter`);
      }),
    );
  });
});

describe('the reporter, in the real Vitest', () => {
  let folder: string;
  let events: TestEvent[] = [];
  let only: TestEvent[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'terrarium-vitest-'));
    symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
    const files = {
      'package.json': '{"type":"module"}',
      'reporter.mjs': REPORTER_SOURCE,
      'sum.ts': 'export const sum = (a: number, b: number) => a + b + 1;\n',
      'sum.test.ts': "import { describe, expect, test } from 'vitest';\nimport { sum } from './sum.ts';\ndescribe('sum', () => {\n  describe('of (two)', () => {\n    test('adds', () => {\n      expect(sum(1, 1)).toBe(2);\n    });\n  });\n  test('is there', () => {});\n  test.skip('later', () => {});\n  test('objects', () => expect({ a: [1] }).toEqual({ a: [2] }));\n});\n",
      'broken.test.ts': "import './nowhere.ts';\n",
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    const run = async (file?: string, names?: string[]) => {
      const args = vitestArguments([], path.join(folder, 'reporter.mjs'), { watch: false, file, names });
      const { stdout } = await promisify(execFile)(process.execPath, [path.resolve('node_modules/vitest/vitest.mjs'), ...args.slice(1)], { cwd: folder, env: { ...process.env, NO_COLOR: '1' } }).catch((failed: { stdout: string }) => failed);
      return new EventReader().take(`${stdout}\n`).events;
    };
    events = await run();
    only = await run('sum.test.ts', ['sum', 'of (two)', 'adds']);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const results = (all: readonly TestEvent[]) => all.flatMap((event) => (event.t === 'test' ? [event.test] : []));
  test('[V1] tells files and tests as they come, and the end', () => {
    expect(events[0]?.t).toBe('start');
    expect(events.at(-1)?.t).toBe('end');
    expect(events.flatMap((event) => (event.t === 'file' ? event.tests.map(({ names }) => names.join(' > ')) : []))).toEqual(['sum > of (two) > adds', 'sum > is there', 'sum > later', 'sum > objects']);
    expect(results(events).map(({ names, state }) => [names.at(-1), state])).toEqual(expect.arrayContaining([['adds', 'failed'], ['is there', 'passed'], ['objects', 'failed']]));
    expect(results(events).every(({ durationMs, state }) => state === 'skipped' || durationMs !== undefined)).toBe(true);
  });
  test('[V3] a failing assertion comes with file, line, expected and actual', () => {
    const [adds, objects] = ['adds', 'objects'].map((name) => results(events).find(({ names }) => names.at(-1) === name));
    expect(adds).toMatchObject({ file: path.join(folder, 'sum.test.ts'), line: 5, failures: [{ expected: '2', actual: '3', place: { file: path.join(folder, 'sum.test.ts'), line: 6, column: 25 } }] });
    expect(adds?.failures[0]?.message).toContain('expected 3 to be 2');
    expect(objects?.failures[0]?.actual).toContain('1');
    expect(objects?.failures[0]?.expected).toContain('2');
  });
  test('[V3] a file that cannot be loaded says why', () => {
    const broken = events.find((event) => event.t === 'file-end' && event.file.endsWith('broken.test.ts'));
    expect(broken).toMatchObject({ state: 'failed' });
    expect(broken?.t === 'file-end' && broken.failures[0]?.message).toContain('nowhere.ts');
  });
  test('[V4] one test alone', () => {
    expect(results(only).filter(({ state }) => state !== 'skipped').map(({ names }) => names.at(-1))).toEqual(['adds']);
  });
});
