/** Addresses of the developer's own machine in the markup of a shared page, as a visitor reaches them (SPEC SH13). */
import { pipeline, Readable, Transform } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { RewritingStream } from 'parse5-html-rewriting-stream';
import type { ShareAddress } from './headers.ts';

/** Attributes that hold one address (HTML, "Attributes"; SVG's `xlink:href`), and those that hold several. */
const ONE = new Set(['src', 'href', 'action', 'formaction', 'poster', 'data', 'xlink:href', 'background']);
const SEVERAL = new Set(['srcset', 'imagesrcset', 'ping']);

const MACHINE = String.raw`(https?|wss?):\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(?=[\/?#"'\s,;]|$)`;
/** After name, equals sign and quote. */
const FIRST = new RegExp(String.raw`^([^=]*=\s*["']?\s*)${MACHINE}`, 'i');
const EACH = new RegExp(String.raw`(^[^=]*=\s*["']?\s*|[\s,])${MACHINE}`, 'gi');
/** `content` of `<meta http-equiv="refresh">`. */
const REFRESH = new RegExp(String.raw`(url\s*=\s*["']?)${MACHINE}`, 'i');

/**
 * The same document with those addresses, and with `tag` first in its head; everything else in it stays as it was written, byte for byte. Passed on as it
 * comes: a page may never end.
 */
export function rewritten(body: ReadableStream<Uint8Array>, address: ShareAddress, tag = ''): ReadableStream<Uint8Array> {
  const moved = (whole: string, before: string, scheme: string, port: string | undefined): string => {
    const origin = address.originOf(Number(port ?? 80));
    return origin === undefined ? whole : before + (/^ws/i.test(scheme) ? origin.replace(/^http/, 'ws') : origin);
  };
  const changed = (tag: string, name: string, source: string): string => {
    if (ONE.has(name)) return source.replace(FIRST, moved);
    if (SEVERAL.has(name)) return source.replace(EACH, moved);
    return tag === 'meta' && name === 'content' ? source.replace(REFRESH, moved) : source;
  };
  const rewriter = new RewritingStream();
  let missing = tag;
  const insert = (): void => {
    rewriter.emitRaw(missing);
    missing = '';
    rewriter.removeAllListeners('text');
  };
  // What a document shows before any tag is in its body already: its head, which it does not name, is over.
  if (tag !== '') {
    rewriter.on('text', ({ text }, raw) => {
      if (text.trim() !== '') insert();
      rewriter.emitRaw(raw);
    });
  }
  rewriter.on('startTag', ({ tagName, sourceCodeLocation: location }, raw) => {
    if (missing !== '' && tagName !== 'html' && tagName !== 'head') insert();
    let text = raw;
    // Of a start tag it has its attributes too (parse5, `LocationWithAttributes`), which the listener's type leaves out.
    const { attrs = {} } = (location ?? {}) as { attrs?: Record<string, { startOffset: number; endOffset: number }> };
    const begin = location?.startOffset ?? 0;
    // From the last to the first, so that places before stay where they are.
    for (const [name, place] of Object.entries(attrs).reverse()) {
      const [from, to] = [place.startOffset - begin, place.endOffset - begin];
      const source = text.slice(from, to);
      const now = changed(tagName, name, source);
      if (now !== source) text = text.slice(0, from) + now + text.slice(to);
    }
    rewriter.emitRaw(text);
    if (tagName === 'head' && missing !== '') insert();
  });
  // Latin-1 keeps one character for each byte, so that every ASCII-compatible encoding passes as it is.
  const decode = new Transform({ readableObjectMode: true, transform: (bytes: Buffer, _, done) => done(null, bytes.toString('latin1')) });
  const encode = new Transform({ writableObjectMode: true, decodeStrings: false, transform: (text: string, _, done) => done(null, Buffer.from(text, 'latin1')), flush: (done) => done(null, Buffer.from(missing)) });
  // What breaks off on one side ends the others.
  pipeline(Readable.fromWeb(body as NodeStream<Uint8Array>), decode, rewriter, encode, () => undefined);
  return Readable.toWeb(encode) as ReadableStream<Uint8Array>;
}
