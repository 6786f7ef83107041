/** What the project's own files say about how it is started: `terrarium.json`, else `package.json`. */
import type * as Y from 'yjs';
import * as z from 'zod';
import { TerrariumError } from '../../shared/errors/error.ts';
import { findByPath } from '../../shared/document/schema.ts';

const terrariumJsonSchema = z.object({
  /** Shell command that installs; `null` for none. Left out: `npm install` when package.json names dependencies. */
  install: z.string().nullish(),
  /** Shell command of the dev server; `null` for none. Left out: the script `dev`, else `start`. */
  start: z.string().nullish(),
  /** Port that the preview shows, if several open. */
  port: z.number().int().min(1).max(65535).optional(),
  /** Files that are open at first. */
  open: z.union([z.array(z.string()), z.string().transform((path) => [path])]).default([]),
});

const dependenciesSchema = z.record(z.string(), z.unknown()).optional();
const packageJsonSchema = z.object({ scripts: z.record(z.string(), z.string()).optional(), dependencies: dependenciesSchema, devDependencies: dependenciesSchema });

export interface ProjectPlan {
  install: string | undefined;
  start: string | undefined;
  port: number | undefined;
  open: string[];
}

/** Throws E-TERRARIUM-2142 for a file that is there and cannot be read as what it must be. */
export function readPlan(doc: Y.Doc): ProjectPlan {
  const config = parseFile(doc, 'terrarium.json', terrariumJsonSchema) ?? terrariumJsonSchema.parse({});
  const packageJson = parseFile(doc, 'package.json', packageJsonSchema);
  const start = config.start === undefined ? scriptOf(packageJson?.scripts) : (config.start ?? undefined);
  const install = config.install === undefined ? installOf(packageJson) : (config.install ?? undefined);
  return { install, start, port: config.port, open: config.open };
}

function installOf(packageJson: z.infer<typeof packageJsonSchema> | undefined): string | undefined {
  const count = Object.keys({ ...packageJson?.dependencies, ...packageJson?.devDependencies }).length;
  return count === 0 ? undefined : 'npm install';
}

function scriptOf(scripts: Record<string, string> | undefined): string | undefined {
  if (scripts?.['dev'] !== undefined) return 'npm run dev';
  return scripts?.['start'] === undefined ? undefined : 'npm start';
}

function parseFile<S extends z.ZodType>(doc: Y.Doc, path: string, schema: S): z.infer<S> | undefined {
  const file = findByPath(doc, path);
  if (file?.kind !== 'text') return undefined;
  let json: unknown;
  try {
    json = JSON.parse(file.text.toString());
  } catch (error) {
    throw TerrariumError.of('E-TERRARIUM-2142', { path, problem: error instanceof Error ? error.message : String(error) });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw TerrariumError.of('E-TERRARIUM-2142', { path, problem: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'has the wrong shape'}`.trim() });
}
