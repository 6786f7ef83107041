import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { ChannelMember } from '../channels/client.ts';
import type { Member } from '../document/presence.ts';
import { followMember } from './follow-member.ts';

const agent = (fileId: string | undefined): Member => ({ clientId: 2, name: 'Robin', colour: 1, kind: 'agent', memberId: 'agent-1', self: false, fileId });
const page = (source: string): ChannelMember => ({ source, author: { kind: 'person', id: 'ada', name: 'Ada' }, canWrite: true, place: { port: 5173, url: '/a', title: '', x: 0, y: 0 } });

function session() {
  const members = createStore<Member[]>(() => []);
  const store = createStore<{ members: ChannelMember[] }>(() => ({ members: [] }));
  const opened: string[] = [];
  const followed: (string | undefined)[] = [];
  // The three parts of a session that it uses, each with what it uses of it.
  const parts = { members, tabs: { open: (file: string) => void opened.push(file) }, shared: { channels: { store }, follow: (source: string | undefined) => void followed.push(source) } } as unknown as Parameters<typeof followMember>[0];
  return { parts, members, store, opened, followed };
}

test.each(['agent-1', 'Robin'])('[EB23] the files that %s looks at are opened, each once', (wanted) => {
  const { parts, members, opened } = session();
  members.setState([agent('one')], true);
  const stop = followMember(parts, wanted);
  members.setState([agent('one')], true);
  members.setState([agent(undefined)], true);
  members.setState([agent('two')], true);
  stop();
  members.setState([agent('three')], true);
  expect(opened).toEqual(['one', 'two']);
});
test('[EB23] somebody else’s files are not', () => {
  const { parts, members, opened } = session();
  followMember(parts, 'Ada');
  members.setState([agent('one'), { ...agent('mine'), name: 'Ada', self: true }], true);
  expect(opened).toEqual([]);
});
test('[EB23] the preview goes along until somebody goes elsewhere by hand, and again with another page of that member', () => {
  const { parts, store, followed } = session();
  const stop = followMember(parts, 'ada');
  store.setState({ members: [page('s1')] });
  store.setState({ members: [page('s1')] });
  store.setState({ members: [page('s2')] });
  stop();
  expect(followed).toEqual(['s1', 's2', undefined]);
});
