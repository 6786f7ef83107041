/** Reads and checks the configuration file; errors name the key and the line. */
import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { TerrariumError } from '../errors/error.ts';
import { configSchema, ENVIRONMENT_WITHOUT_EFFECT, WITHOUT_EFFECT } from './schema.ts';
import type { TerrariumConfig } from './schema.ts';

export interface LoadedConfig {
  config: TerrariumConfig;
  warnings: string[];
}

/** A missing file is the defaults. */
export async function loadConfig(file: string, env: Readonly<Record<string, string | undefined>>): Promise<LoadedConfig> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseConfig(text, env);
}

/** Throws E-TERRARIUM-1104 that names the first wrong key and its line. */
export function parseConfig(text: string, env: Readonly<Record<string, string | undefined>> = {}): LoadedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    throw TerrariumError.of('E-TERRARIUM-1104', { problem: `terrarium.config.yaml line ${lines.linePos(syntaxError.pos[0]).line}: ${syntaxError.message.split('\n')[0]}` });
  }
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw TerrariumError.of('E-TERRARIUM-1104', { problem: parsed.error.issues.map((issue) => describe(issue, document, lines)).join('; ') });
  const keys = WITHOUT_EFFECT.filter((key) => document.hasIn(key.split('.'))).map((key) => `terrarium.config.yaml: ${key} has no effect in this version.`);
  const variables = ENVIRONMENT_WITHOUT_EFFECT.filter((name) => (env[name] ?? '') !== '').map((name) => `Environment variable ${name} has no effect in this version.`);
  return { config: parsed.data, warnings: [...keys, ...variables] };
}

interface Issue {
  code: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

function describe(issue: Issue, document: Document, lines: LineCounter): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys?.[0] ?? ''] : issue.path;
  const message = issue.code === 'unrecognized_keys' ? 'is no key of this file' : issue.message;
  return `terrarium.config.yaml line ${lineOf(path, document, lines)}, key ${path.map(String).join('.')}: ${message}`;
}

/** Line of the value at the path, or of the nearest parent that is in the file. */
function lineOf(path: PropertyKey[], document: Document, lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range != null) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
