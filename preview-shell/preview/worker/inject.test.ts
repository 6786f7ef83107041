import { expect, test } from 'vitest';
import { headTags, injectIntoHead, injecting } from './inject.ts';

test.each([
  ['<!doctype html><html lang="en"><head><title>x</title></head>', '<!doctype html><html lang="en"><head>TAGS<title>x</title></head>'],
  ['<html><HEAD class="a">b', '<html><HEAD class="a">TAGSb'],
  ['<!doctype html><p>no head', '<!doctype html>TAGS<p>no head'],
  ['<!-- c --><html><body>x', '<!-- c --><html>TAGS<body>x'],
  ['just text', 'TAGSjust text'],
  ['', 'TAGS'],
])('%j', (page, expected) => {
  expect(injectIntoHead(page, 'TAGS', true)).toBe(expected);
});

test('a page in pieces, cut within a character, keeps every byte', async () => {
  const bytes = new TextEncoder().encode('<!doctype html><head><title>é你</title></head><p>👍');
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
  const out = await new Response(source.pipeThrough(injecting('T'))).text();
  expect(out).toBe('<!doctype html><head>T<title>é你</title></head><p>👍');
});

test('a script of the embedder cannot leave its attribute', () => {
  expect(headTags('/c.js', { source: '"><script>', type: 'module' })).toBe('<script src="/c.js"></script><script type="module" src="&quot;><script>"></script>');
});
