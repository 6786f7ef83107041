/** Agents among the members: an awareness state that the server sets while an agent is at work (SPEC.md, V1-V3). */
import * as Y from 'yjs';
import type { Room } from '../rooms/room.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Agent } from './tokens.ts';

export interface Presence {
  /** The agent works in the environment; it is shown for a while. */
  active(environmentId: string, agent: Agent): void;
  /** Its cursor stands in a file, with `head` (UTF-16 units of the text) and `anchor` where it selects. */
  look(environmentId: string, agent: Agent, fileId: string, place?: { text: Y.Text; anchor: number; head: number }): void;
  close(): void;
}

/** How long an agent is shown after its last call. */
const IDLE_MS = 60_000;
/** Others forget a state that is not said again for 30 s (y-protocols, `outdatedTimeout`). */
const REPEAT_MS = 15_000;

interface Shown {
  room: Room;
  client: number;
  state: Record<string, unknown>;
  repeat: NodeJS.Timeout;
  idle: NodeJS.Timeout;
}

export function createPresence(rooms: Pick<Rooms, 'enter' | 'leave'>, idleMs = IDLE_MS): Presence {
  const shown = new Map<string, Shown>();

  function show(environmentId: string, agent: Agent): Shown {
    const key = `${environmentId} ${agent.id}`;
    const room = rooms.enter(environmentId);
    const client = room.newPresence();
    const entry: Shown = {
      room,
      client,
      state: { user: { name: agent.name, colour: agent.color, kind: 'agent', id: agent.id } },
      repeat: setInterval(() => room.setPresence(client, entry.state), REPEAT_MS).unref(),
      idle: setTimeout(() => hide(key), idleMs).unref(),
    };
    shown.set(key, entry);
    return entry;
  }

  function hide(key: string): void {
    const entry = shown.get(key);
    if (entry === undefined) return;
    shown.delete(key);
    clearInterval(entry.repeat);
    clearTimeout(entry.idle);
    entry.room.setPresence(entry.client, null);
    rooms.leave(entry.room);
  }

  function say(environmentId: string, agent: Agent, change: Record<string, unknown>): void {
    const entry = shown.get(`${environmentId} ${agent.id}`) ?? show(environmentId, agent);
    entry.idle.refresh();
    entry.state = { ...entry.state, ...change };
    entry.room.setPresence(entry.client, entry.state);
  }

  return {
    active: (environmentId, agent) => say(environmentId, agent, {}),
    look(environmentId, agent, fileId, place) {
      const position = (index: number) => place && Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(place.text, Math.min(index, place.text.length)));
      say(environmentId, agent, { fileId, selection: place === undefined ? null : { anchor: position(place.anchor), head: position(place.head) } });
    },
    close() {
      for (const key of [...shown.keys()]) hide(key);
    },
  };
}
