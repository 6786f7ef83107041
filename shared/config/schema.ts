/** `terrarium.config.yaml`: every key with its default and its bounds. Unknown keys are errors, so that a typing mistake is seen. */
import * as z from 'zod';
import { isHostPattern } from '../host-pattern.ts';

/** `30m`, `500ms`, `2h`, or a number of milliseconds; parsed into milliseconds. */
const duration = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d+(?:ms|s|m|h)$/, 'must be a duration such as 30s, 30m or 2h')])
  .transform((value) => {
    if (typeof value === 'number') return value;
    const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[/[a-z]+$/.exec(value)?.[0] ?? 'ms'] ?? 1;
    return parseInt(value, 10) * unit;
  });

const originSchema = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, 'must be an origin such as https://example.org, without a path');

const hostPattern = z.string().refine((text) => text === '*' || isHostPattern(text), 'must be a host such as api.example.com, *.example.com, or *');

const listedHost = z.string().refine(isHostPattern, 'must be a host such as api.example.com or *.example.com');

const SANDBOX_TOKENS = [
  'allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups', 'allow-modals', 'allow-downloads', 'allow-pointer-lock', 'allow-popups-to-escape-sandbox', 'allow-presentation', 'allow-orientation-lock',
];
const sandbox = z.string().refine((text) => text.split(/\s+/).every((token) => SANDBOX_TOKENS.includes(token)), `must be of these, separated by spaces: ${SANDBOX_TOKENS.join(', ')}`);

const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);

export const configSchema = z.strictObject({
  isolation: section({
    provider: z.enum(['webcontainer', 'sandpack', 'codesandbox']).default('webcontainer'),
    webcontainer: section({ host: originSchema.optional() }),
  }),
  backend: section({
    max_instances: z.number().int().min(1).max(1000).default(10),
    instance_timeout: duration.default(30 * 60_000),
    memory_mb: z.number().int().min(16).max(65536).default(512),
    cpu_shares: z.number().int().min(2).max(262_144).default(256),
    disk_mb: z.number().int().min(1).max(1_048_576).default(1024),
  }),
  egress: section({
    /** Hosts that backends and previews may reach where their environment declares them too: `api.example.com`, `*.example.com`, or `*` for every public one. */
    allow: z.array(hostPattern).default([]),
  }),
  frontend: section({
    hot_reload: z.boolean().default(true),
    auto_save: z.boolean().default(true),
    sync_delay_ms: z.number().int().min(0).max(60_000).default(500),
  }),
  preview: section({
    default_port: z.number().int().min(1).max(65535).default(3000),
    allowed_origins: z.array(originSchema).default([]),
  }),
  agents: section({
    /** Calls of one token, tools and other requests alike. */
    calls_per_minute: z.number().int().min(1).max(1_000_000).default(300),
    /** Environments that one token may create. */
    creations_per_hour: z.number().int().min(0).max(100_000).default(10),
    /** Lifetime of a token at most. */
    token_max_hours: z.number().int().min(1).max(24 * 366).default(24 * 31),
  }),
  resources: section({
    /** Environments that are active at once; at the cap the least recently used one is suspended. */
    max_active: z.number().int().min(1).max(100_000).default(10),
    /** Without a change or a request for so long an environment is suspended. */
    idle_timeout: duration.default(30 * 60_000),
  }),
  share: section({
    /** Where names below this address lead nobody else here (`*.localhost`), a share link also gets a port of its own on this machine's local network. */
    lan: z.boolean().default(true),
  }),
  headless: section({
    /** Environments that the server runs in a browser of its own while nobody has them open. */
    max: z.number().int().min(0).max(1000).default(2),
    /** After so long without use one is closed. */
    idle: duration.default(10 * 60_000),
    /** Of all processes of that browser together. */
    memory_mb: z.number().int().min(512).max(1_048_576).default(2048),
    /** A Chromium or Chrome; searched for where none is named. */
    executable: z.string().min(1).optional(),
    /** Hosts that pages in that browser may reach beside this server: `api.example.com`, `*.example.com`. */
    egress: z.array(listedHost).default([]),
  }),
  security: section({
    sandbox_attributes: sandbox.default('allow-scripts allow-same-origin allow-forms'),
    csp_policy: z.string().max(4096).regex(/^[^\r\n]*$/, 'must be one line').optional(),
  }),
});

export type TerrariumConfig = z.infer<typeof configSchema>;

/** Keys that are read and checked and have no effect in this version; naming one in the file earns a warning. */
export const WITHOUT_EFFECT: readonly string[] = [
  'isolation.provider', 'isolation.webcontainer.host', 'backend.cpu_shares',
  'frontend.hot_reload', 'frontend.auto_save', 'frontend.sync_delay_ms', 'security.csp_policy',
];

/** Environment variables of deployments that this version does not act on. */
export const ENVIRONMENT_WITHOUT_EFFECT: readonly string[] = [
  'RUNNER_BASE_URL', 'EXT_GATEWAY_TIMEOUT_MS', 'SIGNING_TRUST_BUNDLE', 'BUNDLE_STORE_BASE', 'STORAGE_S3_ENDPOINT', 'STORAGE_S3_ACCESS_KEY',
  'STORAGE_S3_SECRET_KEY', 'STORAGE_S3_BUCKET', 'STORAGE_S3_REGION', 'STORAGE_S3_FORCE_PATH_STYLE', 'DATABASE_URL', 'REDIS_URL',
];
