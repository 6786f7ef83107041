import { describe, expect, test } from 'vitest';
import { createBootMachine, currentPhase, duration, initialBoot, overall, PHASES, PhaseSkipped, reduceBoot } from './machine.ts';
import type { BootEvent } from './machine.ts';

const after = (...events: BootEvent[]) => events.reduce(reduceBoot, initialBoot());
const finished = (skip: string[] = []): BootEvent[] =>
  PHASES.flatMap((phase): BootEvent[] =>
    skip.includes(phase)
      ? [{ type: 'skipped', phase, reason: 'none' }]
      : [
          { type: 'started', phase, at: 1 },
          { type: 'done', phase, at: 2 },
        ],
  );

describe('boot machine', () => {
  test('is idle, running, ready in turn', () => {
    expect(overall(after())).toBe('idle');
    expect(overall(after({ type: 'started', phase: 'document', at: 5 }))).toBe('running');
    expect(overall(after(...finished(['install'])))).toBe('ready');
  });

  test('one failed phase fails the whole and names itself', () => {
    const state = after(
      { type: 'started', phase: 'document', at: 1 },
      { type: 'started', phase: 'container', at: 2 },
      { type: 'failed', phase: 'container', at: 9, error: { code: 'E-TERRARIUM-2103', message: 'no host' } },
    );
    expect(overall(state)).toBe('failed');
    expect(currentPhase(state)).toBe('container');
    expect(duration(state.phases.container, 100)).toBe(7);
  });

  test('a late answer of a phase that was given up changes nothing', () => {
    const state = after({ type: 'started', phase: 'mount', at: 1 }, { type: 'done', phase: 'mount', at: 2 }, { type: 'failed', phase: 'mount', at: 3, error: { message: 'late' } });
    expect(state.phases.mount).toMatchObject({ status: 'done', endedAt: 2 });
    expect(reduceBoot(state, { type: 'done', phase: 'paint', at: 4 })).toBe(state);
  });

  test('again makes a phase and all after it wait, and keeps what came before', () => {
    const state = after(...finished(), { type: 'again', from: 'install' });
    expect(state.phases.mount.status).toBe('done');
    expect(state.phases.install.status).toBe('waiting');
    expect(state.phases.paint.status).toBe('waiting');
    expect(state.startedAt).toBe(1);
  });

  test('run turns work into events and rethrows', async () => {
    let time = 0;
    const machine = createBootMachine(
      (error) => ({ message: String(error) }),
      () => (time += 10),
    );
    expect(await machine.run('document', () => Promise.resolve(7))).toBe(7);
    await expect(machine.run('broker', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(machine.run('paint', () => Promise.reject(new PhaseSkipped('nothing to paint')))).rejects.toThrow('nothing');
    const { phases } = machine.store.getState();
    expect(phases.paint).toEqual({ status: 'skipped', reason: 'nothing to paint' });
    expect(phases.document).toMatchObject({ status: 'done' });
    expect(phases.broker).toMatchObject({ status: 'failed', error: { message: 'Error: no' } });
  });
});
