import { expect, test } from 'vitest';
import { compileQuery, searchText } from './search.ts';

const query = { text: '', regex: false, caseSensitive: false, wholeWord: false };
const find = (content: string, change: Partial<typeof query>) => searchText(content, compileQuery({ ...query, ...change }), 100).map(({ line, column, length }) => `${line}:${column}+${length}`);

test('plain text is taken literally', () => {
  expect(find('a.b axb\nA.B', { text: 'a.b' })).toEqual(['1:1+3', '2:1+3']);
  expect(find('f(x) $1', { text: 'f(x) $1' })).toEqual(['1:1+7']);
});
test('case, word and expression narrow it', () => {
  expect(find('Foo foo', { text: 'foo', caseSensitive: true })).toEqual(['1:5+3']);
  expect(find('foobar foo', { text: 'foo', wholeWord: true })).toEqual(['1:8+3']);
  expect(find('a1 b22', { text: '[a-z]\\d+', regex: true })).toEqual(['1:1+2', '1:4+3']);
});
test('an expression that matches nothing at every place finds nothing and ends', () => {
  expect(find('abc', { text: 'x*', regex: true })).toEqual([]);
  expect(() => compileQuery({ ...query, text: '(', regex: true })).toThrow(SyntaxError);
});
