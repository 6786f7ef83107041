import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeText } from './string-bytes.ts';

const character = fc.constantFrom(...'ABcd01+/-_= \n\tzé');

test.each(['base64', 'base64url', 'hex'] as const)('%s takes what Node takes: white space, no padding, either alphabet, an odd digit', (encoding) => {
  fc.assert(fc.property(fc.string({ unit: character, maxLength: 20 }), (text) => {
    expect(Buffer.from(encodeText(text, encoding)).toString('hex')).toBe(Buffer.from(text, encoding).toString('hex'));
  }));
});
