/** What the container would compute for each JavaScript file at each start, computed once (shared/pack/format.ts, PackFile). */
import { init as initCjs, parse as parseCjs } from 'cjs-module-lexer';
import { mayNeedPlan } from '../../shared/module-code/awaits/edits.ts';
import { planAwaits, type PlannedText } from '../../shared/module-code/awaits/plan.ts';
import { packModule, type CodeFacts } from '../../shared/module-code/facts.ts';
import { withoutHashbang } from '../../shared/module-code/hashbang.ts';
import { lexModule } from '../../shared/module-code/lex.ts';
import { syncBody } from '../../shared/module-code/sync-body.ts';
import { mayAwaitAtTopLevel } from '../../shared/module-code/top-level-await.ts';

/** `detect`: a package.json without "type"; Node looks at the syntax (nodejs.org/api/packages.html, "Syntax detection"). */
export type ModuleFormat = 'module' | 'commonjs' | 'detect' | undefined;

export const readyLexers = (): Promise<void> => initCjs();

/** Format by extension and nearest package.json `type`, as Node decides; undefined for what is no JavaScript. */
export function formatOf(path: string, typeOfFolder: (folder: string) => string | undefined): ModuleFormat {
  if (path.endsWith('.mjs')) return 'module';
  if (path.endsWith('.cjs')) return 'commonjs';
  if (!path.endsWith('.js')) return undefined;
  const type = nearestType(path, typeOfFolder);
  if (type === 'module' || type === 'commonjs') return type;
  return 'detect';
}

function nearestType(path: string, typeOfFolder: (folder: string) => string | undefined): string | undefined {
  for (let folder = path; folder !== ''; ) {
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
    const type = typeOfFolder(folder);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** Undefined for a file that its lexer does not read: the container then reads it itself and reports the error where Node would. */
export function factsOf(path: string, source: string, format: ModuleFormat): CodeFacts | undefined {
  // A byte order mark would shift the offsets for a reader that drops it.
  if (format === undefined || source.charCodeAt(0) === 0xfeff) return undefined;
  if (format === 'module') return esmFacts(path, source);
  return cjsFacts(source) ?? (format === 'detect' ? esmFacts(path, source) : undefined);
}

/** Larger modules are transformed when they are required: their bodies would cost every container that mounts the pack. */
const BODY_SOURCE_MAX = 640 * 1024;
const BODIES_MAX = 1024 * 1024;

/** Adds the function bodies of the modules in `required` to their facts. */
export function addBodies(required: Iterable<string>, facts: ReadonlyMap<string, CodeFacts>, sourceOf: (path: string) => string): void {
  let room = BODIES_MAX;
  for (const path of required) {
    const known = facts.get(path);
    if (known?.m === undefined || known.a === true || known.n > BODY_SOURCE_MAX) continue;
    const body = bodyOf(path, sourceOf(path));
    if (body === undefined || (room -= body.length) < 0) continue;
    known.s = body;
    const plan = planned(body, 'commonjs');
    if (plan !== undefined) known.u = plan;
  }
}

function bodyOf(path: string, source: string): string | undefined {
  try {
    return syncBody(withoutHashbang(source), path);
  } catch {
    return undefined;
  }
}

function esmFacts(path: string, source: string): CodeFacts | undefined {
  try {
    const text = withoutHashbang(source);
    return { n: source.length, m: packModule(lexModule(text, path)), ...(mayAwaitAtTopLevel(text) ? { a: true } : {}), ...awaitFacts(text, 'module') };
  } catch {
    return undefined;
  }
}

function cjsFacts(source: string): CodeFacts | undefined {
  try {
    const { exports, reexports } = parseCjs(source);
    return { n: source.length, x: [...exports], r: [...reexports], ...awaitFacts(withoutHashbang(source), 'commonjs') };
  } catch {
    return undefined;
  }
}

function awaitFacts(text: string, kind: PlannedText): { t?: number[] } {
  const plan = planned(text, kind);
  return plan === undefined ? {} : { t: plan };
}

/** Undefined where nobody will ask, and where the parser does not read the text: the container then looks itself. */
function planned(text: string, kind: PlannedText): number[] | undefined {
  const plan = mayNeedPlan(text) ? planAwaits(text, kind) : undefined;
  return plan === undefined ? undefined : [...plan];
}
