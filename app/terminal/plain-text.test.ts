import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

test.each([
  ['\x1b[31mred\x1b[0m and \x1b]8;;https://example.org\x07link\x1b]8;;\x07', 'red and link'],
  ['one\r\ntwo\r\n', 'one\ntwo\n'],
  ['⠋\r⠙\r⠹\rnpm error code E404\r\n', 'npm error code E404\n'],
  ['⠋\x1b[1G⠙\x1b[1G\x1b[2Knpm error\n', 'npm error\n'],
])('%j reads %j', (output, text) => {
  expect(plainText(output)).toBe(text);
});
