import { expect, test } from 'vitest';
import type { ShareAddress } from './headers.ts';
import { rewritten } from './rewrite.ts';

const address: ShareAddress = {
  port: 5173, origin: 'http://a.share.localhost', portOf: () => undefined,
  originOf: (port) => (port === 3001 ? 'http://a--3001.share.localhost' : port === 5173 ? 'http://a.share.localhost' : undefined),
};

/** In pieces of this many bytes. */
async function through(html: string | Uint8Array, piece = 7, tag = ''): Promise<Buffer> {
  const bytes = Buffer.from(html as string);
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, index) => new Uint8Array(bytes.subarray(index * piece, (index + 1) * piece)));
  return Buffer.from(await new Response(rewritten(new ReadableStream({ start(controller) { for (const one of pieces) controller.enqueue(one); controller.close(); } }), address, tag) as BodyInit).arrayBuffer());
}

test.each([
  ['<img src="http://localhost:3001/x.png">', '<img src="http://a--3001.share.localhost/x.png">'],
  ["<a HREF = 'http://127.0.0.1:3001?q=1'>", "<a HREF = 'http://a--3001.share.localhost?q=1'>"],
  ['<form action=http://localhost:3001/send>', '<form action=http://a--3001.share.localhost/send>'],
  ['<script src="https://localhost:5173/a.js"></script>', '<script src="http://a.share.localhost/a.js"></script>'],
  ['<img srcset="http://localhost:3001/1.png 1x, http://localhost:3001/2.png 2x">', '<img srcset="http://a--3001.share.localhost/1.png 1x, http://a--3001.share.localhost/2.png 2x">'],
  ['<meta http-equiv=refresh content="0; url=http://localhost:3001/">', '<meta http-equiv=refresh content="0; url=http://a--3001.share.localhost/">'],
])('[SH13] %s', async (before, after) => {
  expect((await through(before)).toString()).toBe(after);
});

test.each([
  '<a href="http://localhost:9999/">not shared</a>', '<a href="/go?to=http://localhost:3001/">an address within one</a>', '<p title="http://localhost:3001">http://localhost:3001</p>',
  '<script>const url = "<img src=http://localhost:3001/>";</script>', '<!-- <img src="http://localhost:3001/"> -->', '<textarea><img src="http://localhost:3001/"></textarea>',
  '<a href="http://localhost.example:3001/">', '<a href="http://localhost:3001.example/">', '<p>Grüße 👋 &hellip;\r\n<b  class = x\n>', '<IMG ALT="&eacute;ä" src=a.png/><br/>',
])('[SH13] %s stays as it is', async (html) => {
  expect((await through(html)).toString()).toBe(html);
});

test('[SH13] bytes that are no UTF-8 stay as they are', async () => {
  const bytes = Buffer.concat([Buffer.from('<p>'), Buffer.from(Array.from({ length: 127 }, (_, index) => 128 + index)), Buffer.from('</p><img src="http://localhost:3001/">')]);
  const after = await through(bytes, 3);
  expect(after.subarray(0, 130)).toEqual(bytes.subarray(0, 130));
  expect(after.subarray(134).toString()).toContain('a--3001');
});

test.each([
  ['<!doctype html><html><head lang=x><title>', '<!doctype html><html><head lang=x>TAG<title>'], ['<!doctype html><!-- <head> --><title>x</title>', '<!doctype html><!-- <head> -->TAG<title>x</title>'],
  [' \n<p>x', ' \nTAG<p>x'], ['text <b>', 'TAGtext <b>'], ['', 'TAG'], ['<!doctype html>', '<!doctype html>TAG'],
])('[SH13] the script comes first in %j', async (before, after) => {
  expect((await through(before, 3, 'TAG')).toString()).toBe(after);
});

test('[SH13] what has come of a page that does not end is passed on', async () => {
  const unending = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(Buffer.from('<!doctype html><title>x</title><p>part</p>')) });
  const reader = rewritten(unending, address, 'TAG').getReader();
  let seen = '';
  while (!seen.includes('part</p>')) seen += Buffer.from((await reader.read()).value ?? []).toString();
  expect(seen).toBe('<!doctype html>TAG<title>x</title><p>part</p>');
  await reader.cancel();
});
