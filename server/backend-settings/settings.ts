/** What people set for an environment's backend: variables, secrets, the hosts it may reach. Rules: SPEC.md. */
import type { DatabaseSync } from 'node:sqlite';
import { TerrariumError } from '../../shared/errors/error.ts';
import { hostName, isHostPattern, matchesHost } from '../../shared/host-pattern.ts';
import { createSeal } from './seal.ts';

export interface Variable {
  name: string;
  secret: boolean;
  /** Left out of a secret. */
  value: string | undefined;
  /** Milliseconds since the epoch. */
  updatedAt: number;
}

/** A header field that the egress end adds to requests to a host. */
export interface Credential {
  header: string;
  value: string;
}

export interface DeclaredHost {
  /** `api.example.com` or `*.example.com`. */
  host: string;
  /** Name of the header field of its credential. */
  header: string | undefined;
  updatedAt: number;
}

export interface BackendSettings {
  /** All with their values, as the code sees them on `env`. @throws {TerrariumError} 1263 */
  valuesOf(environmentId: string): Record<string, string>;
  /** Without the values of secrets. @throws {TerrariumError} 1263 */
  variables(environmentId: string): Variable[];
  /** @throws {TerrariumError} 1250, 1253 */
  setVariable(environmentId: string, variable: { name: string; value: string; secret: boolean }): void;
  /** @throws {TerrariumError} 1251 */
  removeVariable(environmentId: string, name: string): void;
  hosts(environmentId: string): DeclaredHost[];
  /** What a host, as a URL names it, is declared as: the most exact one. @throws {TerrariumError} 1263 */
  declared(environmentId: string, host: string): { credential: Credential | undefined } | undefined;
  /** Without `credential` the one it has stays; `null` removes it. @throws {TerrariumError} 1252, 1253 */
  setHost(environmentId: string, host: string, credential?: Credential | null): void;
  /** @throws {TerrariumError} 1262 */
  removeHost(environmentId: string, host: string): void;
  /** Called after each change of variables: the backend is to start anew with them. */
  onVariables(listener: (environmentId: string) => void): () => void;
}

const MAX_VARIABLES = 100;
const MAX_HOSTS = 50;
/** `env.DB` is the database; the prefix is kept for what this server says. */
const VARIABLE_NAME = /^(?!DB$|TERRARIUM_|__proto__$)[A-Za-z_][A-Za-z0-9_]{0,99}$/;

interface VariableRow {
  name: string;
  secret: number;
  value: Uint8Array;
  updated_at: number;
}

interface HostRow {
  host: string;
  header: string | null;
  value: Uint8Array | null;
  updated_at: number;
}

export function createBackendSettings({ database, key, now = Date.now }: { database: DatabaseSync; key: Uint8Array; now?: () => number }): BackendSettings {
  const seal = createSeal(key);
  const listeners = new Set<(environmentId: string) => void>();
  const changed = (environmentId: string) => listeners.forEach((listener) => listener(environmentId));
  const variableRows = database.prepare('SELECT name, secret, value, updated_at FROM backend_variables WHERE environment_id = ? ORDER BY name');
  const putVariable = database.prepare('INSERT OR REPLACE INTO backend_variables (environment_id, name, secret, value, updated_at) VALUES (?, ?, ?, ?, ?)');
  const dropVariable = database.prepare('DELETE FROM backend_variables WHERE environment_id = ? AND name = ?');
  const hostRows = database.prepare('SELECT host, header, value, updated_at FROM backend_hosts WHERE environment_id = ? ORDER BY host');
  const putHost = database.prepare('INSERT OR REPLACE INTO backend_hosts (environment_id, host, header, value, updated_at) VALUES (?, ?, ?, ?, ?)');
  const dropHost = database.prepare('DELETE FROM backend_hosts WHERE environment_id = ? AND host = ?');

  const variablesIn = (id: string) => variableRows.all(id) as unknown as VariableRow[];
  const hostsIn = (id: string) => hostRows.all(id) as unknown as HostRow[];
  const placeOf = (kind: 'variable' | 'host', id: string, name: string) => `${kind}\0${id}\0${name}`;
  const valueOf = (id: string, { name, value }: VariableRow) => seal.open(value, placeOf('variable', id, name));

  function credentialOf(id: string, { host, header, value }: HostRow): Credential | undefined {
    return header === null || value === null ? undefined : { header, value: seal.open(value, placeOf('host', id, host)) };
  }

  return {
    valuesOf: (id) => Object.fromEntries(variablesIn(id).map((row) => [row.name, valueOf(id, row)])),
    variables: (id) => variablesIn(id).map((row) => ({ name: row.name, secret: row.secret === 1, value: row.secret === 1 ? undefined : valueOf(id, row), updatedAt: row.updated_at })),
    setVariable(id, { name, value, secret }) {
      if (!VARIABLE_NAME.test(name)) throw TerrariumError.of('E-TERRARIUM-1250', { name: name.slice(0, 120) });
      const rows = variablesIn(id);
      if (rows.length >= MAX_VARIABLES && !rows.some((row) => row.name === name)) throw TerrariumError.of('E-TERRARIUM-1253', { limit: MAX_VARIABLES, what: 'variables' });
      putVariable.run(id, name, secret ? 1 : 0, seal.close(value, placeOf('variable', id, name)), now());
      changed(id);
    },
    removeVariable(id, name) {
      if (dropVariable.run(id, name).changes === 0) throw TerrariumError.of('E-TERRARIUM-1251', { name: name.slice(0, 120) });
      changed(id);
    },
    hosts: (id) => hostsIn(id).map(({ host, header, updated_at: updatedAt }) => ({ host, header: header ?? undefined, updatedAt })),
    declared(id, host) {
      const row = hostsIn(id).filter((one) => matchesHost(one.host, host)).sort((a, b) => b.host.length - a.host.length)[0];
      return row === undefined ? undefined : { credential: credentialOf(id, row) };
    },
    setHost(id, text, credential) {
      const host = hostName(text);
      if (!isHostPattern(host)) throw TerrariumError.of('E-TERRARIUM-1252', { host: text.slice(0, 255) });
      const rows = hostsIn(id);
      const before = rows.find((row) => row.host === host);
      if (before === undefined && rows.length >= MAX_HOSTS) throw TerrariumError.of('E-TERRARIUM-1253', { limit: MAX_HOSTS, what: 'hosts' });
      if (credential === undefined) putHost.run(id, host, before?.header ?? null, before?.value ?? null, now());
      else putHost.run(id, host, credential?.header.toLowerCase() ?? null, credential === null ? null : seal.close(credential.value, placeOf('host', id, host)), now());
    },
    removeHost(id, text) {
      if (dropHost.run(id, hostName(text)).changes === 0) throw TerrariumError.of('E-TERRARIUM-1262', { host: text.slice(0, 255) });
    },
    onVariables(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
