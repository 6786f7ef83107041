/** An other host, and what reaches it, for tests. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { createBackendSettings } from '../backend-settings/settings.ts';
import type { BackendSettings } from '../backend-settings/settings.ts';
import type { BackendEvent } from '../backends/events.ts';
import type { Resolve } from './egress.ts';
import { createReach } from './reach.ts';
import type { Reach, ReachOptions } from './reach.ts';

export type EgressEvent = Extract<BackendEvent, { kind: 'egress' }>;

export interface OtherHost {
  port: number;
  /** `http://<name>:<port>`, for the names that `resolve` answers. */
  origin(name: string): string;
  close(): Promise<void>;
}

export async function startOtherHost(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<OtherHost> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: (name) => `http://${name}:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface TestReach {
  reach: Reach;
  settings: BackendSettings;
  events: EgressEvent[];
  /** What names resolve to; the loopback address unless told. */
  addresses: Map<string, string[][]>;
}

export function createTestReach(options: Partial<ReachOptions> = {}): TestReach {
  const database = new DatabaseSync(':memory:');
  database.exec(`CREATE TABLE backend_variables (environment_id TEXT, name TEXT, secret INTEGER, value BLOB, updated_at INTEGER, PRIMARY KEY (environment_id, name));
    CREATE TABLE backend_hosts (environment_id TEXT, host TEXT, header TEXT, value BLOB, updated_at INTEGER, PRIMARY KEY (environment_id, host));`);
  const settings = createBackendSettings({ database, key: new Uint8Array(32) });
  const events: EgressEvent[] = [];
  const addresses = new Map<string, string[][]>();
  const resolve: Resolve = (name, done) => {
    const answers = addresses.get(name);
    const now = (answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0]) ?? ['127.0.0.1'];
    done(null, now.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  const reach = createReach({ settings, allow: ['*'], allowedOrigins: [], resolve, note: (_id, event) => void (event.kind === 'egress' && events.push(event)), ...options });
  return { reach, settings, events, addresses };
}
