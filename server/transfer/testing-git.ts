/** For tests: a Git server on loopback that speaks as much of the smart protocol (gitprotocol-pack) as a shallow clone needs. */
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import git from 'isomorphic-git';

export interface TestFile {
  path: string;
  bytes: Uint8Array | string;
  mode?: '100644' | '100755' | '120000';
}

export interface TestGit {
  origin: string;
  /** In place of the usual answers. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
const author = { name: 'T', email: 't@example.org', timestamp: 1, timezoneOffset: 0 };

/** Its one branch is `main`. */
export async function serveGit(files: readonly TestFile[]): Promise<TestGit> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'terrarium-git-'));
  await git.init({ fs, dir, defaultBranch: 'main' });
  const oids: string[] = [];
  const tree = await writeTree(dir, files, oids);
  const commit = await git.writeCommit({ fs, dir, commit: { message: 'm', tree, parent: [], author, committer: author } });
  oids.push(commit);
  const { packfile } = await git.packObjects({ fs, dir, oids });
  const server = createServer((request, response) => {
    if (served.intercept?.(request, response) === true) return;
    const url = new URL(request.url ?? '', 'http://x');
    if (url.pathname === '/repo.git/info/refs') {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      return response.end(`${line('# service=git-upload-pack\n')}0000${line(`${commit} HEAD\0shallow side-band-64k symref=HEAD:refs/heads/main\n`)}${line(`${commit} refs/heads/main\n`)}0000`);
    }
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
      response.write(`${line(`shallow ${commit}\n`)}0000${line('NAK\n')}`);
      for (let at = 0; at < (packfile?.length ?? 0); at += 60_000) {
        const part = packfile?.subarray(at, at + 60_000) ?? new Uint8Array();
        response.write((part.length + 5).toString(16).padStart(4, '0'));
        response.write(Buffer.concat([Buffer.from([1]), part]));
      }
      response.end('0000');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const served: TestGit = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    intercept: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(dir, { recursive: true });
    },
  };
  return served;
}

async function writeTree(dir: string, files: readonly TestFile[], oids: string[]): Promise<string> {
  const tree: { mode: string; path: string; oid: string; type: 'blob' | 'tree' }[] = [];
  const inFolders = Map.groupBy(files.filter((file) => file.path.includes('/')), (file) => file.path.slice(0, file.path.indexOf('/')));
  for (const { path: name, bytes, mode = '100644' } of files.filter((file) => !file.path.includes('/'))) {
    const oid = await git.writeBlob({ fs, dir, blob: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes });
    tree.push({ mode, path: name, oid, type: 'blob' });
    oids.push(oid);
  }
  for (const [name, inside] of inFolders) {
    tree.push({ mode: '040000', path: name, oid: await writeTree(dir, inside.map((file) => ({ ...file, path: file.path.slice(name.length + 1) })), oids), type: 'tree' });
  }
  const oid = await git.writeTree({ fs, dir, tree });
  oids.push(oid);
  return oid;
}
