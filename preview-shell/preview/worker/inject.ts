/** Puts the client script first in a page's head, without waiting for the whole page. */
import type { PreviewScript } from '../../../shared/protocol/preview-channel.ts';

/** A head that has not begun by then has none: the parser makes one up, and so do we. */
const SEARCH_LIMIT = 64 * 1024;
const HEAD = /<head(?:\s[^>]*)?>/i;
const BEFORE_HEAD = /^(?:\s|<!--[^]*?-->|<!doctype[^>]*>|<html(?:\s[^>]*)?>)*/i;

/** `text` with `tags` at the start of its head; undefined when more of it has to be seen. */
export function injectIntoHead(text: string, tags: string, isWhole: boolean): string | undefined {
  const head = HEAD.exec(text);
  if (head !== null) return text.slice(0, head.index + head[0].length) + tags + text.slice(head.index + head[0].length);
  if (!isWhole && text.length < SEARCH_LIMIT) return undefined;
  const before = BEFORE_HEAD.exec(text)?.[0] ?? '';
  return before + tags + text.slice(before.length);
}

/** Tags for the client, and for the script of `setPreviewScript`. */
export function headTags(clientPath: string, script: PreviewScript | null): string {
  const client = `<script src="${clientPath}"></script>`;
  if (script === null) return client;
  const attributes = `${script.type === undefined ? '' : ` type="${script.type}"`}${script.defer === true ? ' defer' : ''}${script.async === true ? ' async' : ''}`;
  return `${client}<script${attributes} src="${script.source.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></script>`;
}

/** The bytes of a UTF-8 page with the tags in it. */
export function injecting(tags: string): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let text = '';
  let done = false;
  const emit = (controller: TransformStreamDefaultController<Uint8Array>, isWhole: boolean): void => {
    const injected = injectIntoHead(text, tags, isWhole);
    if (injected === undefined) return;
    done = true;
    controller.enqueue(encoder.encode(injected));
  };
  return new TransformStream({
    transform(chunk, controller) {
      if (done) return controller.enqueue(encoder.encode(decoder.decode(chunk, { stream: true })));
      text += decoder.decode(chunk, { stream: true });
      emit(controller, false);
    },
    flush(controller) {
      if (!done) emit(controller, true);
    },
  });
}
