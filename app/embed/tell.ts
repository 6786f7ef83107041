/** Tells the page that embeds an environment what happens in it: ready, its route, what failed. */
import { PHASES } from '../boot/machine.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Described } from '../state/describe-error.ts';
import type { WorkspaceSession } from '../workspace/session.ts';
import { closeError } from '../workspace/close-error.ts';
import type { ParentLink } from './parent-link.ts';

/** For as long as the page lives. */
export function tellOf(session: WorkspaceSession, link: Pick<ParentLink, 'tell' | 'forget'>): void {
  let painted = false;
  let told: string | undefined;
  const fail = (error: Described | undefined) => {
    if (error?.message === told) return;
    told = error?.message;
    if (error === undefined) return link.forget('error');
    link.tell({ type: 'error', code: error.code, message: error.message });
  };
  const failure = (): Described | undefined => {
    const { closedReason } = session.document.state.getState();
    if (closedReason !== undefined) return closeError(closedReason, session.environmentId);
    if (session.state.getState().containerLost) return TerrariumError.of('E-TERRARIUM-2102');
    const { phases } = session.boot.store.getState();
    return PHASES.map((phase) => phases[phase]).find((phase) => phase.status === 'failed')?.error;
  };
  session.preview.store.subscribe(({ document, route, title }, before) => {
    const now = document === 'painted';
    if (now && (!painted || route !== before.route || title !== before.title)) link.tell({ type: 'route', url: route, title });
    if (now && !painted) link.tell({ type: 'ready' });
    painted ||= now;
  });
  for (const store of [session.boot.store, session.document.state, session.state]) store.subscribe(() => fail(failure()));
  // The room refused: what runs here would be nobody's.
  session.document.state.subscribe(({ closedReason }, before) => closedReason !== undefined && before.closedReason === undefined && session.shutDown());
}
