/** The disk against the real file system of the machine: random calls, the same results. */
import fc from 'fast-check';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { SysError } from '../../abi/errno.ts';
import { chmod } from './attributes.ts';
import { createDisk, type Disk } from './index.ts';
import { DiskFile } from './open-disk-file.ts';
import { link, mkdir, mkdirp, rename, rmdir, symlink, unlink } from './names.ts';
import { copyFile, readWhole } from './whole-files.ts';

const isRoot = process.getuid?.() === 0;
const BASE = { cwd: '/t', umask: 0o022 };
const parent = fs.mkdtempSync(join(tmpdir(), 'disk-'));
process.umask(0o022);
afterAll(() => fs.rmSync(parent, { recursive: true, force: true }));

type Step =
  | { op: 'write'; path: string; text: string; flags: number; at: number | null }
  | { op: 'mkdir' | 'mkdirp' | 'rmdir' | 'unlink' | 'readlink' | 'realpath' | 'read' | 'readdir' | 'stat' | 'lstat'; path: string }
  | { op: 'rename' | 'link' | 'symlink' | 'copy'; path: string; to: string }
  | { op: 'truncate'; path: string; size: number }
  | { op: 'chmod'; path: string; mode: number };

const name = fc.constantFrom('a', 'b', 'c', 'd', 'é');
const path = fc.tuple(fc.array(fc.oneof({ weight: 8, arbitrary: name }, { weight: 1, arbitrary: fc.constantFrom('..', '.') }), { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '', '', '/'))
  .map(([names, slash]) => names.join('/') + slash)
  // Nothing above the directory of the test.
  .filter((text) => text.split('/').reduce((depth, part) => (depth < 0 ? depth : depth + (part === '..' ? -1 : part === '.' || part === '' ? 0 : 1)), 0) > 0 && !/^\.\.|\/\.\.\/\.\./.test(text));
const { O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY } = fs.constants;
const flags = fc.constantFrom(O_WRONLY | O_CREAT | O_TRUNC, O_RDWR, O_RDWR | O_CREAT, O_WRONLY | O_APPEND | O_CREAT, O_WRONLY | O_CREAT | O_EXCL, O_WRONLY | O_NOFOLLOW | O_CREAT, O_RDWR | O_DIRECTORY);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ op: fc.constant('write' as const), path, text: fc.constantFrom('', 'x', 'hello world'), flags, at: fc.constantFrom(null, 0, 3, 20) }),
  fc.record({ op: fc.constantFrom('mkdir', 'mkdirp', 'rmdir', 'unlink', 'readlink', 'realpath', 'read', 'readdir', 'stat', 'lstat'), path }) as fc.Arbitrary<Step>,
  fc.record({ op: fc.constantFrom('rename', 'link', 'symlink', 'copy'), path, to: path }) as fc.Arbitrary<Step>,
  fc.record({ op: fc.constant('truncate' as const), path, size: fc.constantFrom(0, 2, 40) }),
  fc.record({ op: fc.constant('chmod' as const), path, mode: fc.constantFrom(0o644, 0o755, 0o700, 0o600) }),
);

function outcome(run: () => unknown): unknown {
  try {
    return run() ?? null;
  } catch (error) {
    if (error instanceof SysError) return error.code;
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

const brief = (mode: number, nlink: number, size: number) => `${mode.toString(8)} ${nlink} ${(mode & 0o170000) === 0o040000 ? '' : size}`;

function onDisk(disk: Disk, one: Step): unknown {
  switch (one.op) {
    case 'write': {
      const file = disk.open(one.path, one.flags, 0o666, BASE);
      try {
        return file.write(new TextEncoder().encode(one.text), one.at, new AbortController().signal);
      } finally {
        file.release();
      }
    }
    case 'mkdir': return mkdir(disk, one.path, 0o777, BASE);
    case 'mkdirp': return mkdirp(disk, one.path, 0o777, BASE)?.replace(/\/+$/, '');
    case 'rmdir': return rmdir(disk, one.path, BASE);
    case 'unlink': return unlink(disk, one.path, BASE);
    case 'readlink': return disk.readlink(one.path, BASE);
    case 'realpath': return disk.realpath(one.path, BASE);
    case 'read': {
      const bytes = readWhole(disk, one.path, 0, BASE);
      return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : '?';
    }
    case 'readdir': return disk.list(one.path, BASE).map(([entry]) => entry);
    case 'stat':
    case 'lstat': {
      const inode = disk.lookup(one.path, BASE, one.op === 'stat');
      const file = statNumbers(inode);
      return brief(file[1] ?? 0, file[2] ?? 0, file[8] ?? 0);
    }
    case 'rename': return rename(disk, one.path, one.to, BASE);
    case 'link': return link(disk, one.path, one.to, BASE);
    case 'symlink': return symlink(disk, one.to, one.path, BASE);
    case 'copy': return copyFile(disk, one.path, one.to, 0, BASE);
    case 'truncate': {
      const file = disk.open(one.path, O_RDWR, 0, BASE);
      try {
        if (file instanceof DiskFile) file.truncate(one.size);
        return null;
      } finally {
        file.release();
      }
    }
    case 'chmod': return chmod(disk, disk.lookup(one.path, BASE), one.mode);
  }
}

function onMachine(root: string, one: Step): unknown {
  switch (one.op) {
    case 'write': {
      const fd = fs.openSync(one.path, one.flags, 0o666);
      try {
        return fs.writeSync(fd, Buffer.from(one.text), 0, undefined, one.at);
      } finally {
        fs.closeSync(fd);
      }
    }
    case 'mkdir': return fs.mkdirSync(one.path);
    case 'mkdirp': return fs.mkdirSync(one.path, { recursive: true })?.replace(/\/+$/, '');
    case 'rmdir': return fs.rmdirSync(one.path);
    case 'unlink': return fs.unlinkSync(one.path);
    case 'readlink': return fs.readlinkSync(one.path);
    case 'realpath': return fs.realpathSync.native(one.path).replace(root, '/t');
    case 'read': return fs.readFileSync(one.path, 'utf8');
    case 'readdir': return fs.readdirSync(one.path);
    case 'stat':
    case 'lstat': {
      const stat = one.op === 'stat' ? fs.statSync(one.path) : fs.lstatSync(one.path);
      return brief(stat.mode, stat.nlink, stat.size);
    }
    case 'rename': return fs.renameSync(one.path, one.to);
    case 'link': return fs.linkSync(one.path, one.to);
    case 'symlink': return fs.symlinkSync(one.to, one.path);
    case 'copy': return fs.copyFileSync(one.path, one.to);
    case 'truncate': {
      const fd = fs.openSync(one.path, 'r+');
      try {
        return fs.ftruncateSync(fd, one.size);
      } finally {
        fs.closeSync(fd);
      }
    }
    case 'chmod': return fs.chmodSync(one.path, one.mode);
  }
}

import { statOf as statNumbers } from './inode.ts';

it('[DK-F1] does what the machine does', () => {
  const home = process.cwd();
  let count = 0;
  try {
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const root = join(parent, String(count++));
      fs.mkdirSync(root);
      process.chdir(root);
      const disk = createDisk({ superuser: isRoot });
      mkdir(disk, '/t', 0o755, { cwd: '/', umask: 0 });
      for (const [index, one] of steps.entries()) {
        const real = outcome(() => onMachine(root, one));
        const ours = outcome(() => onDisk(disk, one));
        expect(ours, `step ${index}: ${JSON.stringify(one)}`).toEqual(real);
      }
    }), { numRuns: Number(process.env['DISK_RUNS'] ?? 150) });
  } finally {
    process.chdir(home);
  }
});
