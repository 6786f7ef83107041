/** An environment that starts while somebody still chooses what to create: a draft of the template that is chosen so far (SPEC.md, HS1-HS6). */
import { deleteEnvironment, draftEnvironment } from '../api/environments.ts';
import { discardDraft, openDraft } from './open-session.ts';

export interface HeadStart {
  /** The draft to create the environment from; undefined as long as the server has not answered. */
  readonly draft: string | undefined;
  /** Ends the draft, unless it became the environment that is open. */
  end(): void;
}

/** Gigabytes of memory below which two things at once are one too many. */
const ENOUGH_MEMORY = 4;

/** Neither figure is known in every browser. */
function isAffordable(): boolean {
  const { deviceMemory, connection } = navigator as Navigator & { deviceMemory?: number; connection?: { saveData?: boolean } };
  return (deviceMemory ?? ENOUGH_MEMORY) >= ENOUGH_MEMORY && connection?.saveData !== true;
}

/** Begins in `delay` milliseconds. A head start that fails is none: what is wrong is said where the environment is created. */
export function beginHeadStart(template: string, delay: number): HeadStart {
  let ended = false;
  let draft: string | undefined;
  const begin = async () => {
    const id = await draftEnvironment(template);
    // Asked for and not wanted any more: nobody else knows of it.
    if (ended) return await deleteEnvironment(id);
    draft = id;
    openDraft(id);
  };
  const timer = setTimeout(() => void (isAffordable() && begin().catch(() => {})), delay);
  return {
    get draft() {
      return draft;
    },
    end() {
      clearTimeout(timer);
      ended = true;
      discardDraft(draft);
    },
  };
}
