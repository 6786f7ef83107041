import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCommandOf } from './command.ts';
import { EventReader } from './events.ts';
import type { TestEvent, TestResult } from './events.ts';
import { escapeGlob, nodeArguments } from './node-command.ts';
import { NODE_REPORTER_SOURCE } from './node-reporter.ts';

describe('[V6] the command', () => {
  const script = (text: string) => testCommandOf(JSON.stringify({ scripts: { test: text } }));
  test.each<[string, string[], string[]]>([
    ['node --test', [], []],
    ['node --test --watch', [], []],
    ['node --import tsx --test --test-concurrency 1 test/a.test.ts', ['--import', 'tsx', '--test-concurrency', '1'], ['test/a.test.ts']],
    ['node --import=tsx --test "test/**/*.test.ts"', ['--import=tsx'], ['test/**/*.test.ts']],
    ["node --test '**/*.spec.js' src/*.js", [], ['**/*.spec.js', 'src/*.js']],
  ])('%s is Node’s runner', (text, options, files) => expect(script(text)).toEqual({ runner: 'node', options, files }));
  // Two asterisks without quotes mean one folder to a shell and any number of them to Node.
  test.each(['node --test && echo', 'node run.js --test', 'node --test -- a', 'node --test a.js --watch', 'node --test test/**/*.js', 'node --test --test-reporter=tap', 'node --test --test-reporter dot', 'node -e 1 --test', 'node -pe 1 --test', 'node --run test --test', 'node tests.js', 'node --version --test', 'NODE_ENV=test node --test', 'node --test "a b"', 'node --test $(x)', 'node --test --test-concurrency', 'nodejs --test', 'node'])('%s is run as it is', (text) =>
    expect(script(text)).toEqual({ runner: 'script' }));
  test('[V4] one test by its file and its whole name, matched as text; [V5] watching', () => {
    expect(nodeArguments({ options: ['--import', 'tsx'], files: ['x'] }, '/r.mjs', { watch: false, file: '[id].test.js', names: ['adds', '1 + 1'] })).toEqual([
      '--test', '--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=/r.mjs', '--test-reporter-destination=stdout', '--import', 'tsx', '--test-name-pattern=^adds 1 \\+ 1$', '[[]id].test.js',
    ]);
    expect(nodeArguments({ options: [], files: ['x'] }, '/r.mjs', { watch: true })).toEqual(expect.arrayContaining(['--watch', 'x']));
    for (const name of ['[id].js', 'a*b{c}?.js', 'plain.js']) expect(path.posix.matchesGlob(name, escapeGlob(name))).toBe(true);
  });
});

describe('the reporter, in Node’s own test runner', () => {
  let folder: string;
  let events: TestEvent[] = [];
  let run: (file?: string, names?: string[]) => Promise<TestEvent[]>;
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'terrarium-node-test-')));
    const files = {
      'reporter.mjs': NODE_REPORTER_SOURCE,
      'sum.test.mjs': "import { after, describe, test } from 'node:test';\nimport assert from 'node:assert';\ndescribe('sum', () => {\n  describe('of (two)', () => {\n    test('adds', () => {\n      assert.strictEqual(3, 2);\n    });\n  });\n  test('is there', () => console.log('printed'));\n  test.skip('later', () => {});\n  test.todo('some time');\n  test('objects', () => assert.deepStrictEqual({ a: [1] }, { a: [2] }));\n});\ntest('parent', async (t) => {\n  await t.test('child', () => {\n    throw new TypeError('no');\n  });\n});\ntest('itself', async (t) => {\n  await t.test('child', () => {});\n  throw new Error('own');\n});\ndescribe('hooked', () => {\n  test('in', () => {});\n  after(() => {\n    throw new Error('from the hook');\n  });\n});\n",
      'broken.test.mjs': "import './nowhere.mjs';\n",
      'empty.test.mjs': '\n',
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    run = async (file, names) => {
      const args = nodeArguments({ options: [], files: [] }, path.join(folder, 'reporter.mjs'), { watch: false, file, names });
      // What a runner is told by its own parent is not for this one.
      const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env: { ...env, NO_COLOR: '1' } }).catch((failed: { stdout: string }) => failed);
      return new EventReader().take(`${stdout}\n`).events;
    };
    events = await run();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const results = (all: readonly TestEvent[]) => all.flatMap((event) => (event.t === 'test' ? [event.test] : []));
  const named = (name: string): TestResult | undefined => results(events).find(({ names }) => names.join(' > ') === name);
  const endOf = (file: string) => events.find((event) => event.t === 'file-end' && event.file === path.join(folder, file));
  test('[V6] tells files and tests as they come, and the end', () => {
    expect(events[0]).toEqual({ t: 'start', files: [] });
    expect(events.at(-1)).toEqual({ t: 'end', failures: [] });
    expect(results(events).map(({ names, state }) => `${names.join(' > ')}: ${state}`)).toEqual([
      'sum > of (two) > adds: failed', 'sum > is there: passed', 'sum > later: skipped', 'sum > some time: skipped', 'sum > objects: failed', 'parent > child: failed', 'itself > child: passed', 'itself > (itself itself): failed',
      'hooked > in: passed', 'hooked > (hooked itself): failed',
    ]);
    expect(results(events).every(({ durationMs, file }) => durationMs !== undefined && file === path.join(folder, 'sum.test.mjs'))).toBe(true);
    expect(endOf('sum.test.mjs')).toMatchObject({ state: 'failed', failures: [] });
    expect(endOf('empty.test.mjs')).toMatchObject({ state: 'passed' });
  });
  test('[V3] a failing assertion comes with file, line, expected and actual', () => {
    const file = path.join(folder, 'sum.test.mjs');
    expect(named('sum > of (two) > adds')).toMatchObject({ file, line: 5, failures: [{ message: expect.stringContaining('3 !== 2'), expected: '2', actual: '3', place: { file, line: 6, column: 14 } }] });
    expect(named('sum > objects')?.failures).toMatchObject([{ expected: '{ a: [ 2 ] }', actual: '{ a: [ 1 ] }' }]);
    expect(named('parent > child')?.failures).toEqual([{ message: 'TypeError: no', place: { file, line: 16, column: 11 } }]);
    expect(named('hooked > (hooked itself)')?.failures).toMatchObject([{ message: expect.stringContaining('from the hook') }]);
  });
  test('[V3] a file that cannot be loaded says why', () => {
    expect(endOf('broken.test.mjs')).toMatchObject({ state: 'failed', failures: [{ message: expect.stringContaining('nowhere.mjs') }] });
  });
  test('[V4] one test alone; a part of a test runs with the test that it is a part of', async () => {
    expect(results(await run('sum.test.mjs', ['sum', 'of (two)', 'adds'])).map(({ names }) => names.at(-1))).toEqual(['adds']);
    expect(named('parent > child')?.runBy).toEqual(['parent']);
    expect(named('sum > is there')?.runBy).toBeUndefined();
    const again = await run('sum.test.mjs', ['parent']);
    expect(results(again).map(({ names }) => names.join(' > '))).toContain('parent > child');
    // What is known of the others stays: nothing says that the file has no tests but these.
    expect(again.some((event) => event.t === 'file')).toBe(false);
  });
});
