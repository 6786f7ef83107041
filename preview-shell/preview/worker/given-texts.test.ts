import { expect, test } from 'vitest';
import { GivenTexts } from './given-texts.ts';

test('P17: a page gets once what it was given, and no other page does', () => {
  const given = new GivenTexts();
  given.add('one', '/src/App.tsx', 'before');
  given.add('one', '/src/App.tsx', 'text');
  expect(given.take('two', '/src/App.tsx')).toBeUndefined();
  expect(given.take('one', '/src/App.tsx')).toBe('text');
  expect(given.take('one', '/src/App.tsx')).toBeUndefined();
});

test('P17: the oldest goes where it becomes too much', () => {
  const given = new GivenTexts();
  const large = 'x'.repeat(6 * 1024 * 1024);
  for (const url of ['/1', '/2', '/3']) given.add('one', url, large);
  expect(['/1', '/2', '/3'].map((url) => given.take('one', url)?.length)).toEqual([undefined, large.length, large.length]);
});
