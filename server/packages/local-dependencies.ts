/** `file:` dependencies stay in the container: they are taken out before npm resolves, and put back after. */
import parseJson from 'json-parse-even-better-errors';
import { parseSpecifier } from '../../shared/policy/index.ts';
import { DEPENDENCY_FIELDS, parseManifest } from './manifest.ts';

export interface Local {
  field: (typeof DEPENDENCY_FIELDS)[number];
  name: string;
  spec: string;
}

export function localDependencies(packageJson: string): Local[] {
  const manifest = parseManifest(packageJson);
  return DEPENDENCY_FIELDS.flatMap((field) =>
    Object.entries(manifest[field] ?? {}).flatMap(([name, spec]) => (parseSpecifier(name, spec).kind === 'local' ? [{ field, name, spec }] : [])),
  );
}

/** Removes (`spec` undefined for all) or sets them, in the text's own indentation. */
export function withLocals(text: string, locals: Local[], put: boolean): string {
  if (locals.length === 0) return text;
  return edited(text, (json) => change(json, locals, put));
}

/** The same for the project's own entry of a lockfile. */
export function lockfileWithLocals(text: string, locals: Local[], put: boolean): string {
  if (locals.length === 0) return text;
  return edited(text, (json) => {
    const packages = json['packages'] as Record<string, Record<string, unknown>> | undefined;
    if (packages?.[''] !== undefined) change(packages[''], locals, put);
  });
}

function change(json: Record<string, unknown>, locals: Local[], put: boolean): void {
  for (const { field, name, spec } of locals) {
    const { [name]: _, ...others } = (json[field] ?? {}) as Record<string, string>;
    json[field] = put ? Object.fromEntries(Object.entries({ ...others, [name]: spec }).sort(([a], [b]) => a.localeCompare(b, 'en'))) : others;
  }
}

function edited(text: string, edit: (json: Record<string, unknown>) => void): string {
  const json = parseJson(text) as Record<string, unknown> & Record<symbol, string | undefined>;
  edit(json);
  const indent = json[Symbol.for('indent')] ?? '  ';
  const newline = json[Symbol.for('newline')] ?? '\n';
  return `${JSON.stringify(json, null, indent)}\n`.replace(/\n/g, newline);
}
