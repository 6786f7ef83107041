/**
 * The start of an environment as a state machine, without side effects: which phase runs, how long each took, and why one failed.
 * `run.ts` drives it; the page draws it.
 */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

/** In the order they are shown; `document` runs beside `broker` and `container`. */
export const PHASES = ['sign-in', 'document', 'broker', 'container', 'mount', 'install', 'start', 'port', 'paint'] as const;
export type Phase = (typeof PHASES)[number];

export const PHASE_LABELS: Record<Phase, string> = {
  'sign-in': 'Sign in',
  document: 'Open files',
  broker: 'Connect',
  container: 'Boot container',
  mount: 'Mount files',
  install: 'Install packages',
  start: 'Start dev server',
  port: 'Wait for port',
  paint: 'First paint',
};

export interface PhaseError {
  /** One of the table's codes, where the failure has one. */
  code?: string;
  message: string;
  /** What the program that failed printed last. */
  output?: string;
}

export type PhaseState =
  | { status: 'waiting' }
  | { status: 'running'; startedAt: number; detail?: string }
  | { status: 'done'; startedAt: number; endedAt: number; detail?: string }
  | { status: 'skipped'; reason: string }
  | { status: 'failed'; startedAt: number; endedAt: number; error: PhaseError };

export interface BootState {
  /** `performance.now()` of the first phase. */
  startedAt: number | undefined;
  phases: Record<Phase, PhaseState>;
}

export type BootEvent =
  | { type: 'started'; phase: Phase; at: number }
  | { type: 'detail'; phase: Phase; detail: string }
  | { type: 'done'; phase: Phase; at: number }
  | { type: 'skipped'; phase: Phase; reason: string }
  | { type: 'failed'; phase: Phase; at: number; error: PhaseError }
  /** A restart from this phase on: it and all after it wait again. */
  | { type: 'again'; from: Phase };

export type Overall = 'idle' | 'running' | 'ready' | 'failed';

export function initialBoot(): BootState {
  const phases = Object.fromEntries(PHASES.map((phase) => [phase, { status: 'waiting' }])) as Record<Phase, PhaseState>;
  return { startedAt: undefined, phases };
}

/** Events that do not fit the phase's state (a `done` of a phase that does not run) change nothing. */
export function reduceBoot(state: BootState, event: BootEvent): BootState {
  if (event.type === 'again') return waitAgain(state, event.from);
  const next = nextPhase(state.phases[event.phase], event);
  if (next === undefined) return state;
  const startedAt = state.startedAt ?? (event.type === 'started' ? event.at : undefined);
  return { startedAt, phases: { ...state.phases, [event.phase]: next } };
}

function nextPhase(current: PhaseState, event: Exclude<BootEvent, { type: 'again' }>): PhaseState | undefined {
  switch (event.type) {
    case 'started':
      return current.status === 'running' ? undefined : { status: 'running', startedAt: event.at };
    case 'skipped':
      return current.status === 'waiting' || current.status === 'running' ? { status: 'skipped', reason: event.reason } : undefined;
    case 'detail':
      return current.status === 'running' ? { ...current, detail: event.detail } : undefined;
    case 'done':
      return current.status === 'running' ? { ...current, status: 'done', endedAt: event.at } : undefined;
    case 'failed': {
      const startedAt = current.status === 'running' ? current.startedAt : event.at;
      return current.status === 'done' ? undefined : { status: 'failed', startedAt, endedAt: event.at, error: event.error };
    }
  }
}

function waitAgain(state: BootState, from: Phase): BootState {
  const phases = { ...state.phases };
  for (const phase of PHASES.slice(PHASES.indexOf(from))) phases[phase] = { status: 'waiting' };
  return { startedAt: PHASES.indexOf(from) === 0 ? undefined : state.startedAt, phases };
}

export function overall(state: BootState): Overall {
  const states = PHASES.map((phase) => state.phases[phase].status);
  if (states.includes('failed')) return 'failed';
  if (states.every((status) => status === 'done' || status === 'skipped')) return 'ready';
  return states.every((status) => status === 'waiting') ? 'idle' : 'running';
}

/** The phase to name in one line: the failed one, else the last that runs. */
export function currentPhase(state: BootState): Phase | undefined {
  const failed = PHASES.find((phase) => state.phases[phase].status === 'failed');
  return failed ?? PHASES.findLast((phase) => state.phases[phase].status === 'running');
}

/** Milliseconds that a phase took, or has taken until `now`. */
export function duration(phase: PhaseState, now: number): number | undefined {
  if (phase.status === 'running') return Math.max(0, now - phase.startedAt);
  return phase.status === 'done' || phase.status === 'failed' ? phase.endedAt - phase.startedAt : undefined;
}

/** Thrown by a phase's work: what it waited for will not come, and that is no failure. */
export class PhaseSkipped extends Error {
  override readonly name = 'PhaseSkipped';
}

export interface BootMachine {
  readonly store: StoreApi<BootState>;
  send(event: BootEvent): void;
  /** Runs work as a phase: its start, end and failure become events, and a performance measure `boot:<phase>` for the bench. */
  run<T>(phase: Phase, work: () => Promise<T>): Promise<T>;
}

export function createBootMachine(describe: (error: unknown) => PhaseError, now: () => number = () => performance.now()): BootMachine {
  const store = createStore<BootState>(() => initialBoot());
  const send = (event: BootEvent) => store.setState((state) => reduceBoot(state, event), true);
  return {
    store,
    send,
    async run(phase, work) {
      const start = now();
      send({ type: 'started', phase, at: start });
      try {
        const value = await work();
        send({ type: 'done', phase, at: now() });
        performance.measure(`boot:${phase}`, { start, end: now() });
        return value;
      } catch (error) {
        if (error instanceof PhaseSkipped) send({ type: 'skipped', phase, reason: error.message });
        else send({ type: 'failed', phase, at: now(), error: describe(error) });
        throw error;
      }
    },
  };
}
