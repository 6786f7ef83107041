/** What a person should know of the sync: what is not with the others yet, and what is wrong. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { TerrariumError } from '../../shared/errors/error.ts';
import { ERRORS } from '../../shared/errors/table.ts';

export interface SyncStatus {
  /** Files that programs wrote and the room does not have yet. */
  unsent: number;
  /** The worst of what is wrong. */
  problem: TerrariumError | undefined;
}

const RANK = { critical: 0, error: 1, warning: 2, info: 3 } as const;

export class StatusBoard {
  readonly store: StoreApi<SyncStatus> = createStore<SyncStatus>(() => ({ unsent: 0, problem: undefined }));
  /** By what they are about. */
  private readonly problems = new Map<string, TerrariumError>();

  count(unsent: number): void {
    if (unsent !== this.store.getState().unsent) this.store.setState({ unsent });
  }

  raise(about: string, problem: TerrariumError): void {
    this.problems.set(about, problem);
    this.judge();
  }

  clear(about: string): void {
    if (this.problems.delete(about)) this.judge();
  }

  private judge(): void {
    const [problem] = [...this.problems.values()].sort((a, b) => RANK[ERRORS[a.code].severity] - RANK[ERRORS[b.code].severity]);
    if (problem !== this.store.getState().problem) this.store.setState({ problem });
  }
}
