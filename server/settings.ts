/** Where this server runs and on what: defaults, `terrarium.config.yaml`, environment variables (later ones win). */
import path from 'node:path';
import * as z from 'zod';
import { loadConfig } from '../shared/config/load.ts';
import type { TerrariumConfig } from '../shared/config/schema.ts';
import { TerrariumError } from '../shared/errors/error.ts';
import { isHostPattern } from '../shared/host-pattern.ts';

export interface Settings {
  root: string;
  port: number;
  /** Addresses to listen on; loopback unless told. */
  listen: string[];
  /** Origin of the app, which all other host names derive from. */
  baseOrigin: string;
  dataDir: string;
  distDir: string;
  templatesDir: string;
  ownerToken: string | undefined;
  embedOrigins: string[];
  packagesMode: 'allowlist' | 'open';
  /** Origins that imports may reach though their address is not public. Tests set it; no variable and no file does. */
  egressAllowedOrigins?: readonly string[];
  config: TerrariumConfig;
  /** Sentences for the operator. */
  warnings: string[];
}

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, 'must be an origin such as https://example.org, without a path');
const list = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
  .pipe(z.array(origin));

const hosts = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))
  .pipe(z.array(z.string().refine((text) => text === '*' || isHostPattern(text), 'must be hosts such as api.example.com or *.example.com, separated by commas')));

const environmentSchema = z.object({
  PORT: z.coerce.number().int().min(1).max(65535).default(4000),
  TERRARIUM_DATA: z.string().min(1).optional(),
  TERRARIUM_OWNER_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  TERRARIUM_EMBED_ORIGINS: list.default([]),
  TERRARIUM_PACKAGES_MODE: z.enum(['allowlist', 'open']).default('allowlist'),
  TERRARIUM_LISTEN: z.string().optional(),
  RUNNER_PUBLIC_BASE: origin.optional(),
  EXT_EGRESS_ALLOWLIST: hosts.optional(),
});

export async function loadSettings(root: string, env: NodeJS.ProcessEnv): Promise<Settings> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(present);
  if (!parsed.success) {
    const problem = parsed.error.issues.map((issue) => `environment variable ${issue.path.join('.')} ${issue.message}`).join('; ');
    throw TerrariumError.of('E-TERRARIUM-1104', { problem });
  }
  const { data } = parsed;
  const { config, warnings } = await loadConfig(path.join(root, 'terrarium.config.yaml'), env);
  return {
    root,
    port: data.PORT,
    listen: data.TERRARIUM_LISTEN?.split(',') ?? ['127.0.0.1', '::1'],
    baseOrigin: data.RUNNER_PUBLIC_BASE ?? `http://localhost:${data.PORT}`,
    dataDir: path.resolve(root, data.TERRARIUM_DATA ?? 'data'),
    distDir: path.join(root, 'dist'),
    templatesDir: path.join(root, 'templates'),
    ownerToken: data.TERRARIUM_OWNER_TOKEN,
    embedOrigins: [...data.TERRARIUM_EMBED_ORIGINS, ...config.preview.allowed_origins],
    packagesMode: data.TERRARIUM_PACKAGES_MODE,
    config: data.EXT_EGRESS_ALLOWLIST === undefined ? config : { ...config, egress: { allow: data.EXT_EGRESS_ALLOWLIST } },
    warnings,
  };
}
