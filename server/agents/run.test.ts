/** Tools that reach the container, against a page that answers the host link as it is specified. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claim, startListening } from '../host-link/testing.ts';
import type { Page } from '../host-link/testing.ts';
import type { TestServer } from '../testing.ts';
import { Tail } from './container.ts';
import { callTool, codeOf, json, makeAgent, toolsOf } from './testing.ts';
import { nodeTestFiles } from './node-test-files.ts';
import { readRun } from './tests-report.ts';

let server: TestServer;
let id: string;
let token: string;
let call: ReturnType<typeof toolsOf>;
let page: Page | undefined;
beforeAll(async () => {
  server = await startListening();
});
beforeEach(async () => {
  id = await server.create();
  ({ token } = await makeAgent(server, id));
  call = toolsOf(server, id, token);
});
afterEach(() => page?.socket.close());
afterAll(() => server.dispose());

async function host(): Promise<Page> {
  page = await claim(server, id);
  await page.next('granted');
  return page;
}
const bytes = (text: string) => new TextEncoder().encode(text);

/** The page says that the files are there, and takes the program that is asked for. */
async function takeRun(at: Page) {
  const question = await at.next('call');
  expect(question.name).toBe('files.settled');
  at.send({ t: 'result', id: question.id, value: { settled: true } });
  return at.next('run');
}
function finish(at: Page, stream: number, output: string, code: number): void {
  at.sendData({ id: stream, bytes: bytes(output), text: true });
  at.send({ t: 'end', id: stream });
  at.send({ t: 'exit', id: stream, code });
}

test.each([
  ['command_run', { command: 'ls' }], ['process_list', {}], ['port_list', {}], ['runtime_status', {}], ['problem_list', {}], ['package_install', {}], ['test_run', {}], ['preview_fetch', {}],
])('[R1] without a host %s says that none is open', async (name, input) => {
  expect(await codeOf(await callTool(server, id, token, name, input))).toBe('E-TERRARIUM-1320');
});

describe('[R2] a command', () => {
  test('runs in the shell, after the files are there, and answers with output and exit code', async () => {
    const at = await host();
    const answer = call('command_run', { command: 'echo hi', cwd: 'src', env: { A: 'b' } });
    const run = await takeRun(at);
    expect(run).toMatchObject({ command: 'sh', args: ['-c', 'echo hi'], cwd: 'src', env: { CI: '1', A: 'b' } });
    finish(at, run.id, 'hi\n', 3);
    expect(await answer).toEqual({ processId: null, exitCode: 3, stopped: null, output: 'hi\n', truncated: false, filesSettled: true });
  });
  test('streams what it prints', async () => {
    const at = await host();
    const answer = server.api(`/api/environments/${id}/tools/command_run`, { ...json({ command: 'x' }), token, headers: { accept: 'text/event-stream' } });
    const run = await takeRun(at);
    finish(at, run.id, 'one', 0);
    expect(await (await answer).text()).toMatch(/^event: output\ndata: "one"\n\nevent: result\ndata: \{.*"exitCode":0/);
  });
  test('is stopped when its time is over, and says so', async () => {
    const at = await host();
    const answer = call('command_run', { command: 'sleep 999', timeoutSeconds: 1 });
    const run = await takeRun(at);
    expect(await at.next('signal')).toEqual({ t: 'signal', id: run.id, signal: 'SIGTERM' });
    finish(at, run.id, 'half', 143);
    expect(await answer).toMatchObject({ exitCode: null, output: 'half', stopped: expect.stringContaining('E-TERRARIUM-1348') });
  });
  test('ends with the host that ran it', async () => {
    const at = await host();
    const answer = callTool(server, id, token, 'command_run', { command: 'x' });
    await takeRun(at);
    at.socket.close();
    expect(await codeOf(await answer)).toBe('E-TERRARIUM-1321');
  });
  test('keeps the end of a long output', () => {
    const tail = new Tail(5);
    for (const text of ['abc', 'defghij', 'k']) tail.push(text);
    expect([tail.text, tail.dropped]).toEqual(['ghijk', true]);
  });
});

describe('[R3] a background process', () => {
  test('goes on after the call, is read by cursor, typed into and stopped', async () => {
    const at = await host();
    const started = call('command_run', { command: 'npm run dev', background: true });
    const run = await takeRun(at);
    const { processId } = await started;
    const read = (cursor: number, waitSeconds = 0) => call('command_output', { processId: processId ?? '', cursor, waitSeconds });
    expect(await read(0)).toEqual({ output: '', next: 0, missed: false, exitCode: null, stopped: null });
    const waiting = read(0, 30);
    at.sendData({ id: run.id, bytes: bytes('ready\n'), text: true });
    expect(await waiting).toMatchObject({ output: 'ready\n', next: 6 });
    await call('command_input', { processId: processId ?? '', text: 'yes\n' });
    expect(await at.bytes(run.id, 4)).toBe('yes\n');
    await call('command_stop', { processId: processId ?? '', signal: 'SIGINT' });
    expect(await at.next('signal')).toMatchObject({ signal: 'SIGINT' });
    const last = read(6, 30);
    finish(at, run.id, 'bye\n', 130);
    expect(await last).toMatchObject({ output: 'bye\n', next: 10 });
    await expect.poll(async () => (await call('command_list')).processes).toMatchObject([{ processId, command: 'npm run dev', by: 'Robin', exitCode: 130 }]);
    await expect(call('command_output', { processId: 'none' })).rejects.toThrow('E-TERRARIUM-1347');
  });
});

describe('[R5] the preview', () => {
  test('is asked over HTTP; the answer comes with headers and the first part of its body', async () => {
    const at = await host();
    const answer = call('preview_fetch', { path: '/api?x=1', port: 3000, method: 'POST', headers: { 'x-a': 'b' }, body: 'hello' });
    const request = await at.next('request');
    expect(request).toMatchObject({ port: 3000, method: 'POST', url: '/api?x=1', body: true });
    expect(await at.bytes(request.id, 5)).toBe('hello');
    at.send({ t: 'head', id: request.id, status: 418, statusText: 'tea', headers: [['content-type', 'text/plain']], body: true });
    at.sendData({ id: request.id, bytes: bytes('short and stout') });
    at.send({ t: 'end', id: request.id });
    expect(await answer).toMatchObject({ status: 418, headers: { 'content-type': 'text/plain' }, body: 'short and stout', encoding: 'text', truncated: false });
  });
  test.each([{ path: 'no-slash' }, { method: 'TRACE' }, { method: 'GET', body: 'x' }, { headers: { 'bad header': 'x' } }, { port: 0 }])('rubbish is refused: %j', async (input) => {
    expect(await codeOf(await callTool(server, id, token, 'preview_fetch', input))).toBe('E-TERRARIUM-1101');
  });
  test('console and network are read by cursor', async () => {
    const console = await call('preview_console', {});
    expect(console).toMatchObject({ entries: [], missed: false });
    expect(await call('preview_network', { cursor: console.next })).toMatchObject({ entries: [] });
  });
});

describe('[R4] tests', () => {
  const place = { file: '/home/project/src/a.test.ts', line: 9, column: 18 };
  const test1 = (names: string[], more: object) => ({ file: '/home/project/src/a.test.ts', names, state: 'passed', failures: [], ...more });
  const events = [
    { t: 'start', files: ['/home/project/src/a.test.ts'] },
    { t: 'file', file: '/home/project/src/a.test.ts', tests: [test1(['sum', 'adds'], { state: 'pending' }), test1(['sum', 'later'], { state: 'pending' })] },
    { t: 'test', test: test1(['sum', 'adds'], { durationMs: 1.5, line: 3 }) },
    { t: 'test', test: test1(['sum', 'carries'], { state: 'failed', line: 8, failures: [{ message: 'AssertionError: expected 1 to be 2', expected: '2', actual: '1', place }] }) },
    { t: 'file-end', file: '/home/project/b.test.ts', state: 'failed', failures: [{ message: 'SyntaxError' }] },
    { t: 'end', failures: [] },
  ];
  const printed = `output\n${events.map((event) => `\n\u001E${JSON.stringify(event)}\n`).join('')}`;
  test('each with its status, and where and why it failed: expected and actual', async () => {
    await call('file_write', { path: 'package.json', text: '{"scripts":{"test":"vitest --globals"}}' });
    const at = await host();
    const answer = call('test_run', { filter: "it's", name: '$(rm -rf /)' });
    const run = await takeRun(at);
    expect(run.args[1]).toMatch(/^mkdir -p node_modules && cat > \S+ && npx 'vitest' 'run' '--globals' 'it'\\''s' .*'--testNamePattern' '\$\(rm -rf \/\)'$/);
    finish(at, run.id, printed, 1);
    const { output, ...rest } = await answer;
    expect(String(output).trim()).toBe('output');
    expect(rest).toMatchObject({
      runner: 'vitest', exitCode: 1, passed: 1, failed: 2, skipped: 1,
      tests: [
        { name: 'sum > adds', file: 'src/a.test.ts', status: 'passed', durationMs: 1.5, line: 3 }, { name: 'sum > later', status: 'skipped' },
        { name: 'sum > carries', status: 'failed', line: 9, column: 18, expected: '2', actual: '1', message: 'AssertionError: expected 1 to be 2' }, { name: '(file)', file: 'b.test.ts', status: 'failed', message: 'SyntaxError' },
      ],
    });
  });
  test('Node’s own runner: its options, files by a part of their path, a part of a name', async () => {
    await call('file_write', { path: 'package.json', text: '{"scripts":{"test":"node --import tsx --test"}}' });
    for (const path of ["test/it's.mjs", 'src/[id].test.js', 'src/id.js']) await call('file_write', { path, text: '' });
    const at = await host();
    const answer = call('test_run', { filter: 'src/', name: "it's" });
    const run = await takeRun(at);
    expect(run.args[1]).toMatch(/^mkdir -p node_modules && cat > \S+ && node '--test' '--test-reporter=spec' .*'--import' 'tsx' '--test-name-pattern=it'\\''s' 'src\/\[\[\]id\].test.js'$/);
    finish(at, run.id, printed, 1);
    expect(await answer).toMatchObject({ runner: 'node', passed: 1, failed: 2, note: null, tests: [{ name: 'sum > adds' }, {}, { line: 9, column: 18, expected: '2', actual: '1' }, {}] });
  });
  test.each([[[], 'sum', ['src/sum.test.ts', 'test/sum.js']], [['lib/**/*.js'], 'sum', ['lib/sum.js']], [[], 'nowhere', ['nowhere']], [['./test/*.js'], 'test', ['test/sum.js']]])('which files of Node’s, by %j and %s', (patterns, part, files) => {
    expect(nodeTestFiles(['src/sum.test.ts', 'src/sum.ts', 'lib/sum.js', 'test/sum.js'], patterns, part)).toEqual(files);
  });
  test.each(['jest', 'node --test && echo', undefined])('with the script %j there are an exit code and output, counts that say nothing, and a note that says so', async (script) => {
    await call('file_write', { path: 'package.json', text: JSON.stringify({ scripts: { test: script } }) });
    const at = await host();
    const answer = call('test_run', {});
    const run = await takeRun(at);
    expect(run.args[1]).toBe('npm test');
    finish(at, run.id, printed, 1);
    const { note, ...rest } = await answer;
    expect(rest).toMatchObject({ runner: 'script', exitCode: 1, passed: 0, failed: 0, skipped: 0, tests: [], output: printed });
    expect(note).toMatch(/^No structured results: the test script is neither Vitest nor "node --test" alone\. .* the counts say nothing\.$/);
  });
  test.each(['', '{', '\u001E{"t":"none"}', 'null'])('a run that tells nothing: %j', (text) => {
    expect(readRun(text, '/home/project').tests).toEqual([]);
  });
});

test('[R6] what may be installed is told without a container, and names cannot be options', async () => {
  const { verdicts } = await call('package_policy', { packages: ['zod@4', 'definitely-not-there'] });
  expect(verdicts).toMatchObject([{ package: 'zod@4', allowed: true }, { allowed: false, nearest: expect.any(Array) }]);
  for (const packages of [['--registry=evil'], ['a b'], ['']]) await expect(call('package_install', { packages })).rejects.toThrow('E-TERRARIUM-1101');
  const at = await host();
  const answer = call('package_install', { packages: ["a';rm"], dev: true });
  const run = await takeRun(at);
  expect(run.args[1]).toBe("npm install --save-dev 'a'\\'';rm'");
  finish(at, run.id, 'added', 0);
  expect(await answer).toEqual({ exitCode: 0, stopped: null, output: 'added' });
});
