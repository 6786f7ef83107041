/** The textual beginning of a body, for the network panel. */
import { cut } from './values.ts';

/** In UTF-16 units; what is longer is cut. */
export const MAX_BODY = 16 * 1024;
/** Bytes of a body that are read for it; the page's own copy is not held up or kept by what is left. */
const MAX_READ = 64 * 1024;

const TEXTUAL = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded|graphql)|image\/svg)/i;

export const isTextual = (contentType: string | null): boolean => contentType !== null && TEXTUAL.test(contentType);

export type HeaderList = [name: string, value: string][];

export const headerList = (headers: Headers): HeaderList => [...headers].slice(0, 100).map(([name, value]) => [cut(name, 255), cut(value, 8000)]);

/** What a page gave as the body of a request, where that can be said without reading it. */
export function requestBodyText(body: unknown): string | undefined {
  if (typeof body === 'string') return cut(body, MAX_BODY);
  if (body instanceof URLSearchParams) return cut(body.toString(), MAX_BODY);
  if (body instanceof FormData) return cut([...body].map(([name, value]) => `${name}: ${typeof value === 'string' ? value : `[file ${value.name}, ${value.size} bytes]`}`).join('\n'), MAX_BODY);
  if (body instanceof Blob) return `[${body.size} bytes${body.type === '' ? '' : ` of ${body.type}`}]`;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return `[${body.byteLength} bytes]`;
  return undefined;
}

/** Reads a copy up to the limit. `size` is known when the body ended within it. */
export async function readBeginning(response: Response): Promise<{ text: string; size?: number }> {
  const reader = response.body?.getReader();
  if (reader === undefined) return { text: '', size: 0 };
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: cut(text, MAX_BODY), size };
    size += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (size < MAX_READ && text.length <= MAX_BODY) continue;
    // The page reads on; this copy ends here.
    void reader.cancel().catch(() => undefined);
    return { text: cut(text, MAX_BODY) };
  }
}
