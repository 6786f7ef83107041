/** Finds what has to be put into a program's text so that its context survives `await` (shared/module-code/awaits/SPEC.md). */
import { awaitEdits, mayNeedPlan, type AwaitPlan, type Edit } from '../../../shared/module-code/awaits/edits.ts';
import type { PlannedText } from '../../../shared/module-code/awaits/plan.ts';
import { LateScript } from './late-script.ts';

type Planner = (source: string, kind: PlannedText) => AwaitPlan | undefined;

/** Left by plan-script.ts; needed for a user's own text alone. */
const planner = new LateScript<Planner>('await planner', '__terrarium_plan_awaits__');
let carrying = false;

/** Where the script of the planner lies. */
export function setPlanScript(address: string): void {
  planner.setAddress(address);
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
  return planner.get()(source, kind);
}
