/**
 * A container that boots while somebody still chooses what to create: under the id that the environment will have, which the server keeps
 * for it, and with the packages of the template that is chosen so far.
 */
import { reserveEnvironment } from '../api/environments.ts';
import { origins } from '../../shared/hosts.ts';
import { discardEarly, openEarly } from './broker-frame.ts';

export interface HeadStart {
  /** The id to create the environment with; undefined as long as the server has not answered. */
  readonly reservation: string | undefined;
  /** From here on the container is the workspace's. */
  handOver(): void;
  /** Ends the container, unless it was handed over. */
  end(): void;
}

/** Begins in `delay` milliseconds. A head start that fails is none: what is wrong is said where the environment is created. */
export function beginHeadStart(template: string, delay: number): HeadStart {
  const ended = new AbortController();
  const { signal } = ended;
  let reservation: string | undefined;
  let handedOver = false;
  const begin = async () => {
    const id = await reserveEnvironment(template, signal);
    if (signal.aborted) return;
    reservation = id;
    openEarly(origins(location.origin).broker(id));
  };
  const timer = setTimeout(() => void begin().catch(() => {}), delay);
  return {
    get reservation() {
      return reservation;
    },
    handOver: () => void (handedOver = true),
    end() {
      clearTimeout(timer);
      ended.abort();
      if (reservation !== undefined && !handedOver) discardEarly();
    },
  };
}
