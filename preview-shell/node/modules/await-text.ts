/** Finds what has to be put into a program's text so that its context survives `await` (shared/module-code/awaits/SPEC.md). */
import { awaitEdits, mayNeedPlan, type AwaitPlan, type Edit } from '../../../shared/module-code/awaits/edits.ts';
import type { PlannedText } from '../../../shared/module-code/awaits/plan.ts';
import { native } from '../natives.ts';

type Planner = (source: string, kind: PlannedText) => AwaitPlan | undefined;

/** Name under which the planner's own script (plan-script.ts) leaves it. */
const PLANNER = '__terrarium_plan_awaits__';

let script: string | undefined;
let loaded: Planner | undefined;
let carrying = false;

/** Where the script of the planner lies: it brings a parser, which a thread needs for its user's own text alone. */
export function setPlanScript(address: string): void {
  script = address;
}

/** For a thread that has nothing to do yet: its program then starts sooner. */
export function warmPlanner(): void {
  plannedNow('async () => { await null }', 'script');
}

/**
 * Whether texts are rewritten from here on. Before a program's first text, and for all of them: one that was not would be called back with a context of
 * somebody else. Only the container's own programs, which use no contexts, do without.
 */
export function carryContext(carry: boolean): void {
  carrying = carry;
}

export const carriesContext = (): boolean => carrying;

/** @param known asks what was planned when the text's pack was made; undefined where nothing is known */
export function editsOf(source: string, kind: PlannedText, known: () => AwaitPlan | undefined): readonly Edit[] {
  if (!carrying || !mayNeedPlan(source)) return [];
  const plan = known() ?? plannedNow(source, kind);
  return plan === undefined ? [] : awaitEdits(plan);
}

function plannedNow(source: string, kind: PlannedText): AwaitPlan | undefined {
  loaded ??= load();
  return loaded(source, kind);
}

function load(): Planner {
  if (script === undefined) throw new Error('No script of the await planner was named to this thread.');
  native.importScripts(script);
  const holder = globalThis as unknown as Record<string, Planner | undefined>;
  const planner = holder[PLANNER];
  if (planner === undefined) throw new Error('The script of the await planner did not load.');
  delete holder[PLANNER];
  return planner;
}
