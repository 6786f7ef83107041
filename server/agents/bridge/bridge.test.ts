import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, OWNER_TOKEN, startTestServer } from '../../testing.ts';
import type { TestServer } from '../../testing.ts';
import { makeAgent } from '../testing.ts';
import { readSettings, UsageError } from './bridge.ts';

let server: TestServer;
let id: string;
beforeAll(async () => {
  server = await startTestServer({ port: await freePort() });
  await server.listen();
  id = await server.create();
});
afterAll(() => server.dispose());

const command = path.resolve(import.meta.dirname, '../../../scripts/terrarium.mjs');
async function start(env: Record<string, string>) {
  const transport = new StdioClientTransport({ command: process.execPath, args: [command, 'mcp'], env: { PATH: process.env['PATH'] ?? '', TERRARIUM_URL: server.base, ...env }, stderr: 'pipe' });
  const errors: string[] = [];
  transport.stderr?.on('data', (data: Buffer) => errors.push(data.toString()));
  const client = new Client({ name: 'test', version: '1' });
  return { client, errors, connected: client.connect(transport) };
}

describe('[M6] the command', () => {
  test('carries a whole session', async () => {
    const { client, connected } = await start({ TERRARIUM_TOKEN: (await makeAgent(server, id)).token });
    await connected;
    await client.callTool({ name: 'file_write', arguments: { path: 'über.txt', text: 'Grüße 👋\n' } });
    expect((await client.callTool({ name: 'file_read', arguments: { path: 'über.txt' } })).structuredContent).toMatchObject({ text: 'Grüße 👋\n' });
    await client.close();
  });
  test('works in the environment that it is told, with the owner’s token', async () => {
    const { client, connected } = await start({ TERRARIUM_TOKEN: OWNER_TOKEN, TERRARIUM_ENVIRONMENT: id });
    await connected;
    expect((await client.callTool({ name: 'file_list', arguments: {} })).isError).toBeUndefined();
    await client.close();
  });
  test('answers with the server’s refusal', async () => {
    const { connected, errors } = await start({ TERRARIUM_TOKEN: 'tga_wrong' });
    await expect(connected).rejects.toThrow('E-TERRARIUM-1401');
    expect(errors.join('')).toContain('E-TERRARIUM-1401');
  });
});

describe('settings', () => {
  test('arguments come before the environment, and the port is the server’s', () => {
    expect(readSettings(['--token', 'a', '--url', 'https://x.example'], { TERRARIUM_TOKEN: 'b' })).toEqual({ token: 'a', url: 'https://x.example', environmentId: undefined });
    expect(readSettings([], { TERRARIUM_TOKEN: 'b', PORT: '4001', TERRARIUM_ENVIRONMENT: 'e' })).toEqual({ token: 'b', url: 'http://localhost:4001', environmentId: 'e' });
  });
  test.each([[['--help'], {}], [['--token'], {}], [[], {}], [['--token', 'x', '--url', 'nowhere'], {}], [['--token', 'x', '--url', 'file:///x'], {}]])('%j is refused', (args, env) => {
    expect(() => readSettings(args, env)).toThrow(UsageError);
  });
});
