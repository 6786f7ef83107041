import { expect, test } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { colourOf, MEMBER_COLOURS, membersOf } from './presence.ts';

function room(states: Record<number, unknown>) {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState({ user: { name: 'Me', colour: 1 } });
  for (const [client, state] of Object.entries(states)) awareness.states.set(Number(client), state as Record<string, unknown>);
  const members = membersOf(awareness);
  awareness.destroy();
  return members;
}

test('oneself first, then the others by name', () => {
  expect(room({ 7: { user: { name: 'Zoe', colour: 2 } }, 8: { user: { name: 'Ada', colour: 3, kind: 'agent' }, fileId: 'f' } }).map(({ name, self, kind }) => `${name} ${self} ${kind}`)).toEqual([
    'Me true human',
    'Ada false agent',
    'Zoe false human',
  ]);
});

test.each([[null], ['x'], [{}], [{ user: 7 }], [{ user: { name: '' } }], [{ user: { name: 'x'.repeat(61) } }], [{ user: { name: 'a', colour: -1 } }], [{ user: { name: 'a', kind: 'admin' } }]])('a peer that claims %j is nobody', (state) => {
  expect(room({ 9: state })).toHaveLength(1);
});

test('any number is some colour of the palette', () => {
  for (const n of [0, 8, 1e9, 2.5]) expect(MEMBER_COLOURS).toContain(colourOf(n));
});
