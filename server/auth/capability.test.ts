import { expect, test } from 'vitest';
import { createCapabilities } from './capability.ts';

const secret = new Uint8Array(32).fill(1);
const capability = { label: 'some-label', kind: 'packages', exp: 2000 } as const;

test('what is issued is verified, until its time is over', () => {
  let now = 1000;
  const { issueCapability, verifyCapability } = createCapabilities(secret, () => now);
  const token = issueCapability(capability);
  expect(verifyCapability(token)).toEqual(capability);
  now = 2000;
  expect(verifyCapability(token)).toBeUndefined();
});

test('nothing else is', () => {
  const { issueCapability, verifyCapability } = createCapabilities(secret, () => 1000);
  const token = issueCapability(capability);
  const [body = '', mac = ''] = token.split('.');
  const other = Buffer.from(JSON.stringify({ ...capability, label: 'other' })).toString('base64url');
  const foreign = createCapabilities(new Uint8Array(32).fill(2)).issueCapability(capability);
  for (const forged of ['', '.', body, `${body}.`, `${other}.${mac}`, `${body}.${mac}.x`, foreign, 'x'.repeat(5000)]) expect(verifyCapability(forged)).toBeUndefined();
});
