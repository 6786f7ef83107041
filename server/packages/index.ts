/** The package service's app: `POST /resolve`, `GET /packs/<sha256>`. Rules: SPEC.md. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { parseHost } from '../../shared/hosts.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { toResponse } from '../../shared/errors/error.ts';
import { createJudge, policySchema } from '../../shared/policy/index.ts';
import type { Judge, Policy, PolicyMode } from '../../shared/policy/index.ts';
import { errorResponse } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import type { Logger } from '../logger.ts';
import { createExpectedPacks } from './expected-packs.ts';
import type { ExpectedPacks } from './expected-packs.ts';
import { createOwnPackages, OWN_SCOPE } from './own-packages.ts';
import { createInstall } from './install.ts';
import { loadNpmOptions } from './npm-config.ts';
import { PackIndex } from './pack-index.ts';
import { createPacks } from './packs.ts';
import { loadPrebuilt } from './prebuilt.ts';
import { privateScopes, scopeOf } from './pick-registry.ts';
import { resolveRequestSchema } from './protocol.ts';
import type { ResolveRequest, ResolveResponse } from './protocol.ts';
import { Refusal } from './refusal.ts';
import { createGzipper, servePack } from './serve-pack.ts';
import { createWorkers } from './workers.ts';

export interface PackagesDeps {
  dataDir: string;
  config: { packagesMode: PolicyMode };
  /** Who may install: undefined for a token that is forged or past its time. */
  verifyCapability(token: string): { label: string; kind: string } | undefined;
  logger: Logger;
  /** Where templates lie, with what was made of them beforehand. */
  templatesDir?: string;
  /** The packages that come with the server; left out: the project's own. */
  packagesDir?: string;
  /** Private scopes that an environment was granted. */
  grants?: (label: string) => string[];
  /** Instead of the policy that ships with the project. */
  policy?: Policy;
  /** Over npm's own configuration, by its flat names (`preferOffline`, `registry`). */
  npm?: Record<string, unknown>;
}

export interface PackagesApp {
  fetch(request: Request): Response | Promise<Response>;
  /** What environments are about to ask for. */
  expected: Pick<ExpectedPacks, 'prepare' | 'of'>;
  /** What an environment may install. */
  readonly policy: { judge: Judge; mode: PolicyMode };
  /** What `POST /resolve` answers, for the server's own use of packages in an environment. @throws {Refusal} */
  install(environmentId: string, request: Partial<ResolveRequest> & Pick<ResolveRequest, 'packageJson'>, signal: AbortSignal): Promise<ResolveResponse>;
  /** Ends workers and the index. */
  close(): Promise<void>;
}

const OWN_PACKAGES = join(import.meta.dirname, '..', '..', 'packages');

/** A lockfile of thousands of packages has a few megabytes. */
const BODY_LIMIT = 32 * 1024 * 1024;

export async function createPackagesApp(deps: PackagesDeps): Promise<PackagesApp> {
  const { dataDir, logger } = deps;
  const policy = deps.policy ?? (await defaultPolicy());
  const own = createOwnPackages(deps.packagesDir ?? OWN_PACKAGES);
  const configured = { ...(await loadNpmOptions(join(dataDir, 'registry-cache'))), ...deps.npm };
  const npm = { ...configured, ...(await own.npm()) };
  const index = new PackIndex(dataDir);
  const workers = createWorkers();
  const limits = { unpackedBytes: policy.limits.packageUnpackedBytes, files: policy.limits.filesPerPackage };
  const packs = createPacks({ dataDir, limits, npm, index, workers });
  const scopes = privateScopes(configured);
  scopes.delete(OWN_SCOPE);
  const prebuilt = await loadPrebuilt(deps.templatesDir ?? '', dataDir);
  const judge = createJudge(policy);
  const install = createInstall({ policy, prebuilt, judge, mode: deps.config.packagesMode, npm, workers, packs, privateScopes: scopes, logger });
  const isPrivate = (name: string): boolean => scopes.has(scopeOf(name) ?? '');
  const expected = createExpectedPacks({ install, isPublic: (name) => !isPrivate(name) });
  const gzipped = createGzipper();
  const grantsOf = (label: string) => new Set(deps.grants?.(label));

  function authorised(request: Request): string {
    const token = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (token === undefined) throw TerrariumError.of('E-TERRARIUM-1400');
    const capability = deps.verifyCapability(token);
    if (capability?.kind !== 'packages') throw TerrariumError.of('E-TERRARIUM-1401');
    return capability.label;
  }

  const app = new Hono();
  app.use(async (context, next) => {
    if (context.req.method === 'OPTIONS') return preflight(context.req.raw);
    await next();
    const headers = isForEverybody(context.res) ? { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'content-length, etag' } : corsHeaders(context.req.raw);
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'vary') context.res.headers.append(name, value);
      else context.res.headers.set(name, value);
    }
  });
  app.post('/resolve', async ({ req }) => {
    const label = authorised(req.raw);
    const request = resolveRequestSchema.safeParse(parsedBody(await readBody(req.raw, BODY_LIMIT)));
    if (!request.success) throw TerrariumError.of('E-TERRARIUM-1101', { problems: request.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') });
    const answer = await install(request.data, grantsOf(label), req.raw.signal);
    expected.note(label, answer);
    return Response.json(answer, { headers: { 'cache-control': 'no-store' } });
  });
  app.get('/packs/:hash{[0-9a-f]{64}}', async ({ req }) => {
    const hash = req.param('hash');
    const names = index.namesOf(hash);
    if (names.length === 0 && !prebuilt.has(hash)) throw new Refusal('E-TERRARIUM-2160', { hash });
    const needed = names.map(scopeOf).find((scope) => scope !== undefined && scopes.has(scope));
    if (needed !== undefined && !grantsOf(authorised(req.raw)).has(needed)) throw new Refusal('E-TERRARIUM-1124', { package: names[0] ?? needed });
    return servePack(req.raw, { dataDir, hash, isPrivate: needed !== undefined, gzipped });
  });
  app.notFound(({ req }) => errorResponse(TerrariumError.of('E-TERRARIUM-1102', { method: req.method, path: req.path }), logger));
  app.onError((error) => answerOf(error, logger));

  return {
    fetch: (request) => app.fetch(request),
    expected,
    policy: { judge, mode: deps.config.packagesMode },
    install: (environmentId, request, signal) => install(resolveRequestSchema.parse({ v: 1, ...request }), grantsOf(environmentId), signal),
    async close() {
      await workers.close();
      await own.close();
      index.close();
    },
  };
}

async function defaultPolicy(): Promise<Policy> {
  return policySchema.parse(JSON.parse(await readFile(new URL('../../shared/policy/package-policy.json', import.meta.url), 'utf8')));
}

function parsedBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw TerrariumError.of('E-TERRARIUM-1100');
  }
}

/** The table's answer, and beside it what npm would have said. */
function answerOf(error: unknown, logger: Logger): Response {
  if (!(error instanceof Refusal)) return errorResponse(error, logger);
  const { status, body } = toResponse(error.toError());
  logger.warn('Install refused', { code: error.code, ...error.context });
  return Response.json({ ...body, npm: error.npm }, { status, headers: { 'cache-control': 'no-store' } });
}

/** Public packs are the same for whoever asks: without `vary: origin` one entry of the browser's cache serves all environments. */
const isForEverybody = (response: Response): boolean => response.headers.get('cache-control')?.startsWith('public') === true;

/** Container hosts of this deployment, and nobody else, read the other answers. */
function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get('origin');
  const { host } = new URL(request.url);
  const base = host.replace(/^packages\.preview\./, '');
  if (origin === null || !URL.canParse(origin) || parseHost(new URL(origin).host, base).role !== 'host') return { vary: 'origin' };
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'content-length, etag', vary: 'origin' };
}

function preflight(request: Request): Response {
  const headers = { 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'authorization, content-type', 'access-control-max-age': '7200' };
  return new Response(null, { status: 204, headers: { ...corsHeaders(request), ...headers } });
}
