import { expect, test } from 'vitest';
import { previewPort } from './preview-port.ts';

const HOST = 'http://abc.preview.localhost:4000';

test('the port of a preview of the same environment', () => {
  expect(previewPort('http://abc--5173.preview.localhost:4000', HOST)).toBe(5173);
});

test.each([
  'http://other--5173.preview.localhost:4000', 'http://abc--5173.preview.localhost:4001', 'https://abc--5173.preview.localhost:4000', 'http://abc--0.preview.localhost:4000',
  'http://abc--70000.preview.localhost:4000', 'http://abc--5173.evil.preview.localhost:4000', 'http://abc.preview.localhost:4000', 'http://abc--1x.preview.localhost:4000', 'null', '',
  'http://abc--5173--80.preview.localhost:4000',
])('%j is none', (origin) => {
  expect(previewPort(origin, HOST)).toBeUndefined();
});
