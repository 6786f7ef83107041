/** Answers one install: policy, resolution, selection, packs. */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { PackMount } from '../../shared/pack/format.ts';
import { wasmTwins } from '../../shared/policy/index.ts';
import type { Judge, Policy, PolicyMode } from '../../shared/policy/index.ts';
import type { Logger } from '../logger.ts';
import { localDependencies, lockfileWithLocals, withLocals } from './local-dependencies.ts';
import { parseLockfile } from './lockfile.ts';
import { judgeManifest, parseManifest } from './manifest.ts';
import { createMemo } from './memo.ts';
import { scopeOf } from './pick-registry.ts';
import type { Packs } from './packs.ts';
import type { Prebuilt } from './prebuilt.ts';
import type { ResolveRequest, ResolveResponse } from './protocol.ts';
import type { NpmOptions } from './registry.ts';
import { Refusal } from './refusal.ts';
import type { ResolveOutput } from './resolve-tree.ts';
import { select } from './select.ts';
import type { Selection } from './select.ts';
import { place } from './twins.ts';
import type { Placed } from './twins.ts';
import type { Workers } from './workers.ts';

export interface InstallDeps {
  policy: Policy;
  judge: Judge;
  prebuilt: Pick<Prebuilt, 'of'>;
  mode: PolicyMode;
  npm: NpmOptions;
  workers: Workers;
  packs: Packs;
  privateScopes: ReadonlySet<string>;
  logger: Logger;
}

/** Packs asked for at a time, over all installs. */
const PACK_REQUESTS = 16;
/** How long a resolution is believed: the registry may publish at any time. */
const MEMO_MS = 60_000;

export type Install = (request: ResolveRequest, grants: ReadonlySet<string>, signal: AbortSignal) => Promise<ResolveResponse>;

export function createInstall(deps: InstallDeps): Install {
  const { judge, mode, packs, logger } = deps;
  const limit = pLimit(PACK_REQUESTS);
  const twins = wasmTwins(deps.policy);
  const resolved = createMemo<ResolveOutput>(MEMO_MS);

  function resolve(request: ResolveRequest, signal: AbortSignal): Promise<ResolveOutput> {
    const locals = localDependencies(request.packageJson);
    const { add, remove, exact } = request;
    const saveType = request.saveType ?? (request.dev ? 'dev' : undefined);
    const input = {
      packageJson: withLocals(request.packageJson, locals, false),
      lockfile: request.lockfile === undefined ? undefined : lockfileWithLocals(request.lockfile, locals, false),
      add,
      remove,
      saveType,
      exact,
    };
    const key = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    return resolved(key, signal, (cancelled) => {
      setMaxListeners(0, cancelled);
      return deps.workers.resolve({ ...input, npm: deps.npm }, cancelled);
    }).then(({ packageJson, lockfile }) => ({
      packageJson: withLocals(packageJson, locals.filter(({ name }) => !remove.includes(name)), true),
      lockfile: lockfileWithLocals(lockfile, locals.filter(({ name }) => !remove.includes(name)), true),
    }));
  }

  /** The lockfile as it is, when it satisfies package.json and nothing is to change. */
  function fromLockfile(request: ResolveRequest): { output: ResolveOutput; selection: Selection } | undefined {
    const { lockfile, packageJson, add, remove, frozen } = request;
    if (lockfile === undefined) {
      if (frozen) throw outOfStep('there is no package-lock.json');
      return undefined;
    }
    const tree = parseLockfile(lockfile);
    const selection = tree && choose(request, { packageJson, lockfile });
    const problem = selection === undefined ? 'the lockfile is of npm 6 or older' : selection.problems[0];
    if (frozen && problem !== undefined) throw outOfStep(problem);
    if (problem !== undefined || add.length > 0 || remove.length > 0) return undefined;
    // What overrides change inside the tree only npm's resolver can check.
    if (!frozen && parseManifest(packageJson)['overrides'] !== undefined) return undefined;
    return selection && { output: { packageJson, lockfile }, selection };
  }

  function choose(request: ResolveRequest, { packageJson, lockfile }: ResolveOutput): Selection {
    return select(parseManifest(packageJson), parseLockfile(lockfile) ?? new Map(), { omit: new Set(request.omit), twins });
  }

  async function mountOf({ path, name, version, integrity }: Placed): Promise<PackMount> {
    const { hash, bytes, types, bin } = await limit(() => packs.get({ name, version, integrity }));
    return { path, pack: hash, name, version, bytes, ...(types === undefined ? {} : { types }), ...(Object.keys(bin).length === 0 ? {} : { bin }) };
  }

  return async (request, grants, signal) => {
    const phases = stopwatch();
    const direct = judgeManifest(parseManifest(request.packageJson), request.add, { judge, mode });
    refuseUngranted(direct.flatMap((one) => (one.kind === 'registry' ? [one.name] : [])), deps.privateScopes, grants);
    const locked = fromLockfile(request);
    phases.mark('policy');
    const output = locked?.output ?? (await resolve(request, signal));
    const selection = locked?.selection ?? choose(request, output);
    const [problem] = selection.problems;
    if (problem !== undefined) throw new Refusal('E-TERRARIUM-2161', { problem });
    phases.mark('resolve');
    const { placed, swaps, warnings } = await place(selection.selected, selection.missing, packs);
    refuseUngranted(placed.map(({ name }) => name), deps.privateScopes, grants);
    phases.mark('wasm');
    const mounts = await Promise.all(placed.map(mountOf));
    phases.mark('packs');
    logger.info('Install answered', { packages: mounts.length, fromLockfile: locked !== undefined, ...phases.times });
    return { v: 1, ...output, mounts, links: selection.links, wasm: swaps, prebuilt: request.omit.length === 0 ? deps.prebuilt.of(output.lockfile) : [], warnings };
  };
}

const outOfStep = (problem: string) => new Refusal('E-TERRARIUM-2153', { problem }, { code: 'EUSAGE', lines: ['`npm ci` can only install packages when your package.json and package-lock.json are in sync.', problem] });

function refuseUngranted(names: string[], scopes: ReadonlySet<string>, grants: ReadonlySet<string>): void {
  for (const name of names) {
    const scope = scopeOf(name);
    if (scope !== undefined && scopes.has(scope) && !grants.has(scope)) throw new Refusal('E-TERRARIUM-1124', { package: name }, { code: 'E403' });
  }
}

/** Milliseconds from mark to mark. */
function stopwatch() {
  const times: Record<string, number> = {};
  let last = performance.now();
  return {
    times,
    mark(phase: string) {
      const now = performance.now();
      times[`${phase}Ms`] = Math.round((now - last) * 10) / 10;
      last = now;
    },
  };
}
