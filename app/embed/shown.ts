/** What the embed shows: as its address says, then as the page that embeds it says. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Show } from '../../shared/protocol/embed.ts';

export type Shown = StoreApi<Show>;

export const createShown = (first: Show): Shown => createStore<Show>(() => first);
