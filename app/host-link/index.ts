/** Makes an open environment answer the server as its host, for as long as its container runs. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { overall } from '../boot/machine.ts';
import type { ContainerClient } from '../container/client.ts';
import type { WorkspaceSession } from '../workspace/session.ts';
import { filesSettled } from './files-settled.ts';
import type { CallAnswers } from './calls.ts';
import { PageHostLink, type HostState } from './link.ts';

const newHolder = (): string => crypto.randomUUID().replaceAll('-', '');

export interface Hosting {
  /** Whether this page is the host. */
  readonly state: StoreApi<HostState>;
  /** Leaves: another page may be host. */
  stop(): void;
}

export function hostEnvironment(session: WorkspaceSession): Hosting {
  const state = createStore<HostState>(() => ({ state: 'closed', epoch: 0 }));
  const holder = newHolder();
  let link: { container: ContainerClient; host: PageHostLink } | undefined;
  const follow = () => {
    const { container, environment } = session.state.getState();
    const mayHost = environment !== undefined && environment.role !== 'viewer' && !session.isEmbedded;
    if (link !== undefined && link.container === container) return;
    link?.host.close();
    link = undefined;
    if (container === undefined || !mayHost) return;
    const host = new PageHostLink({ url: `${location.origin.replace(/^http/, 'ws')}/ws/${session.environmentId}/host`, container, calls: callsOf(session), kind: isHeadless() ? 'headless' : 'person', holder });
    state.setState(host.store.getState());
    host.store.subscribe((now) => link?.host === host && state.setState(now));
    link = { container, host };
  };
  const stop = session.state.subscribe(follow);
  follow();
  return {
    state,
    stop: () => {
      stop();
      link?.host.close();
    },
  };
}

/** The server's own browser opens the page so (server/headless/). */
const isHeadless = (): boolean => new URLSearchParams(location.search).get('host') === 'headless';

function callsOf(session: WorkspaceSession): CallAnswers {
  return {
    problems: () => ({ problems: session.problems.getState().map(({ path, severity, message, source, line, column }) => ({ path, severity, message, source, line, column })) }),
    'files.settled': ({ snapshot, limitMs }) => filesSettled(session.document.doc, () => session.settled?.(), snapshot, limitMs),
    'runtime.state': () => {
      const boot = session.boot.store.getState();
      const { startCommand } = session.state.getState();
      const phases = Object.entries(boot.phases).map(([phase, now]) => ({ phase, status: now.status, ...(now.status === 'failed' ? { error: now.error.message } : {}) }));
      return { overall: overall(boot), phases, ...(startCommand === undefined ? {} : { startCommand }) };
    },
  };
}
