/** The package service, spoken to as server/packages/protocol.ts says. */
import type { PackMount } from '../../../shared/pack/format.ts';
import { NpmFailure } from './failure.ts';
import type { Platform } from './platform.ts';

export interface ResolveRequest {
  packageJson: string;
  lockfile?: string | undefined;
  add?: string[];
  remove?: string[];
  saveType?: 'prod' | 'dev' | 'optional' | 'peer' | undefined;
  exact?: boolean;
  frozen?: boolean;
  omit?: string[];
}

export interface ResolveResponse {
  packageJson: string;
  lockfile: string;
  mounts: PackMount[];
  links: { path: string; target: string }[];
  wasm: { wanted: string; mounted: string }[];
  /** What tools would make of this tree at their first start: folders relative to the project. */
  prebuilt?: { path: string; pack: string }[];
  warnings: { code: string; message: string }[];
}

interface Refused {
  error?: { code: string; message: string };
  npm?: { code: string; lines: string[] };
}

/** @throws {NpmFailure} with npm's own code where it has one, and the sentence of the error table */
export async function resolveTree({ packages }: Platform, request: ResolveRequest): Promise<ResolveResponse> {
  const { status, body } = await packages.request('/resolve', { method: 'POST', body: JSON.stringify({ v: 1, ...request }) }).catch((error: unknown) => {
    throw new NpmFailure('ENETUNREACH', ['The package service cannot be reached; nothing was changed.', error instanceof Error ? error.message : String(error), 'Check the connection and install again.']);
  });
  if (status === 200) return JSON.parse(body) as ResolveResponse;
  const { error, npm } = refusalOf(body);
  const lines = [...new Set([...(npm?.lines ?? []), error?.message ?? `The package service answered ${status}.`])];
  if (error !== undefined && npm !== undefined && npm.code !== error.code) lines.push(error.code);
  throw new NpmFailure(npm?.code ?? error?.code ?? `E${status}`, lines);
}

function refusalOf(body: string): Refused {
  try {
    return JSON.parse(body) as Refused;
  } catch {
    return {};
  }
}
