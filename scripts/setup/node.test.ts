import { expect, test } from 'vitest';
// @ts-expect-error -- a script without type declarations
import { isNewEnough as untyped } from './node.mjs';

const isNewEnough = untyped as (version: string) => boolean;

test.each([
  ['18.20.0', false],
  ['22.23.3', false],
  ['24.14.9', false],
  ['24.15.0', true],
  ['24.20.0', true],
  ['25.0.0', true],
  ['100.0.0', true],
])('Node %s: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
