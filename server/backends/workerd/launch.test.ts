import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { text } from './configuration.ts';
import { jailArguments } from './jail.ts';
import { findTools, launchCommand, launchWarnings, workerdBinary, workingTools } from './launch.ts';
import type { Tools } from './launch.ts';
import { lockPath } from './lock.ts';
import { createTestDriver, handler } from './testing.ts';

const none: Tools = { shell: undefined, nice: undefined, prlimit: undefined, setpriv: undefined, bwrap: undefined };
const all: Tools = { shell: '/bin/sh', nice: '/bin/nice', prlimit: '/bin/prlimit', setpriv: '/bin/setpriv', bwrap: '/bin/bwrap' };
const input = { binary: '/opt/workerd', spec: { dataDir: '/data/e1', egressSocket: '/run/egress.sock', limits: { memoryMb: 512, diskMb: 100, stuckMs: 1 } }, runDir: '/run/trr-1', configurationPath: '/run/trr-1/backend.capnp' };

test('[BD13] the jail has a network, processes and users of its own, and of the files only what the engine needs', () => {
  const args = jailArguments({ binary: '/opt/workerd', dataDir: '/data/e1', runDir: '/run/trr-1', egressSocket: '/run/egress.sock' });
  for (const flag of ['--unshare-all', '--die-with-parent', '--new-session', '--clearenv']) expect(args).toContain(flag);
  expect(args.join(' ')).toContain('--cap-drop ALL');
  const bound = (kind: string) => args.flatMap((arg, index) => (arg === kind ? [args[index + 1]] : []));
  expect(bound('--bind')).toEqual(['/data/e1', '/run/trr-1', '/run/egress.sock']);
  expect(bound('--ro-bind-try')).toEqual(['/usr/lib', '/usr/lib64', '/lib', '/lib64', '/etc/ld.so.cache', '/opt/workerd']);
  expect(args).not.toContain('--share-net');
});

test('[BD13] the command is the engine inside of each tool that there is, limits outermost', () => {
  const { file, args } = launchCommand({ ...input, tools: all });
  expect(file).toBe('/bin/sh');
  const order = ['trap "" XFSZ; exec "$@"', '/bin/nice', '/bin/prlimit', '/bin/bwrap', '/opt/workerd'].map((part) => args.lastIndexOf(part));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
  expect(args).toContain(`--data=${(640 + 512) * 1024 * 1024}`);
  expect(args).toContain(`--fsize=${132 * 1024 * 1024}`);
  expect(launchCommand({ ...input, tools: none })).toEqual({ file: '/opt/workerd', args: ['serve', '/run/trr-1/backend.capnp', '--control-fd=3'] });
  expect(launchCommand({ ...input, tools: { ...none, setpriv: '/bin/setpriv' } }).args).toEqual(['--pdeathsig', 'KILL', '/opt/workerd', 'serve', '/run/trr-1/backend.capnp', '--control-fd=3']);
});

test('[BD13] what is missing is said in sentences', () => {
  expect(launchWarnings(all, 1000)).toEqual([]);
  expect(launchWarnings(none, 0).join('\n')).toMatch(/bwrap[^]*prlimit[^]*setpriv[^]*root/);
});

test.skipIf(process.platform === 'win32')('[BD13] a jail that this system cannot make is not used, and said', async () => {
  const broken = await workingTools({ ...none, bwrap: '/bin/false' });
  expect(broken.tools.bwrap).toBeUndefined();
  expect(broken.warnings).toEqual([expect.stringContaining('cannot make a jail')]);
  expect(await workingTools({ ...none, bwrap: '/bin/true' })).toEqual({ tools: { ...none, bwrap: '/bin/true' }, warnings: [] });
});

test('[BD14] a system without the engine is told by a code', () => {
  expect(() => workerdBinary('sunos', 'x64')).toThrow(expect.objectContaining({ code: 'E-TERRARIUM-1206' }) as Error);
  expect(workerdBinary()).toMatch(/workerd(\.exe)?$/);
});

test('[BD1] text of the configuration stays text', () => {
  expect(text('a"b\\c\nd\u0000\u007fé')).toBe('"a\\"b\\\\c\\x0ad\\x00\\x7fé"');
});

test.runIf(findTools().prlimit !== undefined)('[BD5] the process runs under its limits, with no environment of the server\'s', async () => {
  await using driver = await createTestDriver();
  const dataDir = driver.dataDir('limits');
  await driver.run(handler('return new Response()'), { dataDir, limits: { memoryMb: 100, diskMb: 10, stuckMs: 1000 } });
  const { engine } = JSON.parse(await readFile(lockPath(dataDir), 'utf8')) as { engine: { pid: number } };
  const limits = await readFile(`/proc/${engine.pid}/limits`, 'utf8');
  expect(limits).toMatch(new RegExp(`Max data size +${740 * 1024 * 1024} `));
  expect(limits).toMatch(new RegExp(`Max file size +${42 * 1024 * 1024} `));
  expect(limits).toMatch(/Max core file size +0 /);
  if (findTools().bwrap === undefined) expect(await readFile(`/proc/${engine.pid}/environ`, 'utf8')).not.toContain(process.env.HOME ?? 'HOME=');
});
