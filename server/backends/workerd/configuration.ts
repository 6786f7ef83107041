/** What workerd is told of one backend: its configuration in Cap'n Proto's text form (schema: workerd.capnp of the pinned release). */
import { readFileSync } from 'node:fs';
import type { BackendSpec } from '../driver.ts';

/** The release's own date at most; what programs see of the runtime's behaviour hangs on it, so it moves with the pinned release only. */
const COMPATIBILITY_DATE = '2026-10-01';
/** One name for all environments, so that a data folder that was copied (a snapshot, a branch) is found again. */
const DATABASE_KEY = 'terrarium-database';
const PREFIX = 'terrarium:';

export interface ConfigurationInput {
  spec: BackendSpec;
  auth: string;
  /** Marks lines of the log that our own parts wrote. */
  marker: string;
  /** Addresses as workerd takes them: `unix:<path>` or `127.0.0.1:0`. */
  addresses: { http: string; control: string };
}

const workerSource = (name: string): string => readFileSync(new URL(`./workers/${name}.js`, import.meta.url), 'utf8');
const SOURCES = { gate: workerSource('gate'), start: workerSource('start'), prelude: workerSource('prelude'), tail: workerSource('tail'), database: workerSource('database') };

/** A text literal (capnp's lexer takes C's escapes; control characters as two hexadecimal digits). */
export function text(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replace(/[\x00-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
}

function data(value: string | Uint8Array): string {
  return `0x"${Buffer.from(value).toString('hex')}"`;
}

function moduleText({ name, kind, content }: BackendSpec['bundle']['modules'][number]): string {
  const asText = () => text(typeof content === 'string' ? content : Buffer.from(content).toString('utf8'));
  switch (kind) {
    case 'esm': return `(name = ${text(name)}, esModule = ${asText()})`;
    case 'text': return `(name = ${text(name)}, text = ${asText()})`;
    case 'data': return `(name = ${text(name)}, data = ${data(content)})`;
    case 'wasm': return `(name = ${text(name)}, wasm = ${data(content)})`;
  }
}

const NO_NETWORK = 'globalOutbound = "nothing"';
const worker = (name: string, fields: string): string => `(name = "${name}", worker = (compatibilityDate = "${COMPATIBILITY_DATE}", ${fields}))`;
const ownWorker = (name: keyof typeof SOURCES, fields: string): string => worker(name, `modules = [(name = "${name}", esModule = ${text(SOURCES[name])})], ${NO_NETWORK}, ${fields}`);

function programWorker({ spec, marker }: ConfigurationInput): string {
  const [entry] = spec.bundle.modules;
  const start = SOURCES.start.replace("'@PRELUDE@'", text(`${PREFIX}prelude`)).replace("'@ENTRY@'", text(entry?.name ?? ''));
  const modules = [
    { name: `${PREFIX}start`, kind: 'esm' as const, content: start },
    { name: `${PREFIX}prelude`, kind: 'esm' as const, content: SOURCES.prelude.replaceAll('@MARKER@', marker) },
    ...spec.bundle.modules,
  ].map(moduleText);
  const variables = Object.entries(spec.variables).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`);
  const database = '(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "database")]))';
  const outbound = spec.egressSocket === undefined ? 'nothing' : 'egress';
  return worker('program', `modules = [${modules.join(', ')}], bindings = [${[...variables, database].join(', ')}], globalOutbound = "${outbound}", tails = ["tail"]`);
}

function databaseWorker({ spec, auth }: ConfigurationInput): string {
  const quota = Math.round(spec.limits.diskMb * 1024 * 1024);
  return ownWorker('database', `durableObjectNamespaces = [(className = "Database", uniqueKey = "${DATABASE_KEY}", enableSql = true, preventEviction = true)], durableObjectStorage = (localDisk = "disk"), ` +
    `bindings = [(name = "OBJECT", durableObjectNamespace = "Database"), (name = "AUTH", text = ${text(auth)}), (name = "QUOTA", json = "${quota}")]`);
}

export function configuration(input: ConfigurationInput): string {
  const { spec, auth, marker, addresses } = input;
  const closed = 'network = (allow = [], deny = ["0.0.0.0/0", "::/0"])';
  const services = [
    ownWorker('gate', `bindings = [(name = "AUTH", text = ${text(auth)}), (name = "PROGRAM", service = "program")]`),
    programWorker(input),
    databaseWorker(input),
    ownWorker('tail', `bindings = [(name = "MARKER", text = ${text(marker)})]`),
    `(name = "disk", disk = (path = ${text(spec.dataDir)}, writable = true))`,
    `(name = "nothing", ${closed})`,
    // The default of every worker that names no outbound service, which none of these is.
    `(name = "internet", ${closed})`,
    ...(spec.egressSocket === undefined ? [] : [`(name = "egress", external = (address = ${text(`unix:${spec.egressSocket}`)}, http = (style = proxy)))`]),
  ];
  const sockets = [
    `(name = "http", address = ${text(addresses.http)}, http = (), service = "gate")`,
    `(name = "control", address = ${text(addresses.control)}, http = (), service = (name = "database", entrypoint = "Control"))`,
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(',\n    ')}],
  sockets = [${sockets.join(', ')}],
  v8Flags = ["--max-heap-size=${spec.limits.memoryMb}"],
  logging = (structuredLogging = true, stdoutPrefix = "", stderrPrefix = ""),
);
`;
}
