import { expect, test } from 'vitest';
import { createTabs } from './tabs.ts';

const shown = (tabs: ReturnType<typeof createTabs>) => tabs.store.getState().tabs.map((tab) => tab.fileId + (tab.pinned ? '' : '?')).join(' ');

test('a click replaces the preview tab, a pinned one stays', () => {
  const tabs = createTabs();
  tabs.open('a');
  tabs.open('b');
  expect(shown(tabs)).toBe('b?');
  tabs.open('b', { pinned: true });
  tabs.open('c');
  expect(shown(tabs)).toBe('b c?');
  expect(tabs.store.getState().active).toBe('file:c');
});

test('opening an open file shows it and does not unpin it', () => {
  const tabs = createTabs();
  tabs.open('a', { pinned: true });
  tabs.open('b', { pinned: true });
  tabs.open('a');
  expect(shown(tabs)).toBe('a b');
  expect(tabs.store.getState().active).toBe('file:a');
});

test('closing shows the one that was used before', () => {
  const tabs = createTabs();
  for (const id of ['a', 'b', 'c']) tabs.open(id, { pinned: true });
  tabs.open('a');
  tabs.close('file:a');
  expect(tabs.store.getState().active).toBe('file:c');
  tabs.keepOnly(new Set(['b']));
  expect(shown(tabs)).toBe('b');
  expect(tabs.store.getState().active).toBe('file:b');
});

test('tabs move and wrap around', () => {
  const tabs = createTabs();
  for (const id of ['a', 'b', 'c']) tabs.open(id, { pinned: true });
  tabs.move('file:c', 'file:a');
  expect(shown(tabs)).toBe('c a b');
  tabs.step(-1);
  expect(tabs.store.getState().active).toBe('file:b');
});
