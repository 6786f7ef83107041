/** The session that the page shows, and before it the one of a draft, which starts while somebody still chooses what to create. */
import { endEnvironment } from './end-environment.ts';
import { WorkspaceSession } from './session.ts';

let draft: WorkspaceSession | undefined;

/** Starts everything of a draft but its page in the preview, which somebody must look at. */
export function openDraft(environmentId: string): void {
  discardDraft(draft?.environmentId);
  draft = new WorkspaceSession(environmentId);
  draft.start();
}

/** Ends this draft and deletes it, unless it became an environment that is open. */
export function discardDraft(environmentId: string | undefined): void {
  if (draft === undefined || draft.environmentId !== environmentId) return;
  const { port } = draft.state.getState().environment ?? {};
  draft.dispose();
  draft = undefined;
  // What cannot be deleted (no server) ends by itself in a quarter of an hour.
  endEnvironment(environmentId, port).catch(() => {});
}

/** A running session of this environment: the draft's, when that became it. */
export function openSession(environmentId: string): WorkspaceSession {
  if (draft?.environmentId !== environmentId) discardDraft(draft?.environmentId);
  const taken = draft;
  draft = undefined;
  const session = taken ?? new WorkspaceSession(environmentId);
  if (taken === undefined) session.start();
  else session.readAgain();
  session.show();
  return session;
}
