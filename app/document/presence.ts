/** Who is here: names, colours and what they look at, from the awareness of the document. */
import type { Awareness } from 'y-protocols/awareness';
import * as z from 'zod';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

export interface Member {
  /** Yjs client id: one for each open tab. */
  clientId: number;
  name: string;
  /** Index into `MEMBER_COLOURS`. */
  colour: number;
  kind: 'human' | 'agent';
  /** Of an agent. */
  memberId: string | undefined;
  self: boolean;
  /** Id of the file in front of them. */
  fileId: string | undefined;
}

/** Distinct hues that carry white text on both themes (contrast at least 4.5). */
export const MEMBER_COLOURS = ['#c2410c', '#1d4ed8', '#15803d', '#a21caf', '#b91c1c', '#0e7490', '#6d28d9', '#a16207'] as const;

export function colourOf(index: number): string {
  return MEMBER_COLOURS[Math.abs(Math.trunc(index)) % MEMBER_COLOURS.length] ?? MEMBER_COLOURS[0];
}

/** Peers write what they like into awareness; only this much of it is believed. */
const presenceSchema = z.object({
  user: z.object({ name: z.string().min(1).max(60), colour: z.number().int().nonnegative().default(0), kind: z.enum(['human', 'agent']).default('human'), id: z.string().max(64).optional() }),
  fileId: z.string().max(64).optional(),
});

export function membersOf(awareness: Awareness): Member[] {
  const members: Member[] = [];
  for (const [clientId, state] of awareness.getStates()) {
    const parsed = presenceSchema.safeParse(state);
    if (!parsed.success) continue;
    const { user: { id: memberId, ...user }, fileId } = parsed.data;
    members.push({ clientId, ...user, memberId, fileId, self: clientId === awareness.clientID });
  }
  return members.sort((a, b) => Number(b.self) - Number(a.self) || a.name.localeCompare(b.name) || a.clientId - b.clientId);
}

export function createMembers(awareness: Awareness): StoreApi<Member[]> {
  const store = createStore<Member[]>(() => membersOf(awareness));
  awareness.on('change', () => store.setState(membersOf(awareness), true));
  return store;
}

export interface Profile {
  name: string;
  colour: number;
}

const PROFILE_KEY = 'terrarium.profile';
const profileSchema = z.object({ name: z.string().min(1).max(60), colour: z.number().int().min(0).max(MEMBER_COLOURS.length - 1) });

/** The name and colour that others see; kept in this browser, changed in the share dialog. */
export function loadProfile(): Profile {
  try {
    const parsed = profileSchema.safeParse(JSON.parse(localStorage.getItem(PROFILE_KEY) ?? 'null'));
    if (parsed.success) return parsed.data;
  } catch {
    // Not JSON: as good as none.
  }
  const made = { name: guestName(), colour: crypto.getRandomValues(new Uint8Array(1))[0] ?? 0 };
  const profile = { ...made, colour: made.colour % MEMBER_COLOURS.length };
  saveProfile(profile);
  return profile;
}

export function saveProfile(profile: Profile): void {
  localStorage.setItem(PROFILE_KEY, JSON.stringify(profile));
}

export function announce(awareness: Awareness, profile: Profile): void {
  awareness.setLocalStateField('user', { name: profile.name, colour: profile.colour, kind: 'human' });
}

const ANIMALS = ['Axolotl', 'Badger', 'Capybara', 'Dormouse', 'Egret', 'Ferret', 'Gecko', 'Heron', 'Ibis', 'Jackdaw', 'Kiwi', 'Lynx', 'Marten', 'Newt', 'Otter', 'Puffin', 'Quokka', 'Robin', 'Stoat', 'Tapir'];

function guestName(): string {
  const [pick = 0] = crypto.getRandomValues(new Uint8Array(1));
  return ANIMALS[pick % ANIMALS.length] ?? 'Guest';
}
