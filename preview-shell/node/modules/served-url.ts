/**
 * URLs under which a thread's ES modules are served to its native `import()` by the host's service worker.
 *
 *     <host origin>/~m/<threadKey>/<serial>/<percent-encoded path of the file: URL, or "x" and the encoded URL>
 *
 * The serial makes each module record unique; the path keeps stack traces readable and can be turned back.
 */
const PREFIX = /^(?:https?:\/\/[^/]+)?\/~m\/[^/]+\/\d+\/(f|x)(\/.*)$/;

export function servedUrl(origin: string, threadKey: string, serial: number, url: string): string {
  const tail = url.startsWith('file:///') ? `f${url.slice('file://'.length).replace(/[?#]/g, encodeURIComponent)}` : `x/${encodeURIComponent(url)}`;
  return `${origin}/~m/${threadKey}/${serial}/${tail}`;
}

/** The module's own URL, or undefined for a URL that is not of this kind. */
export function originalUrl(served: string): string | undefined {
  const match = PREFIX.exec(served);
  if (match === null) return undefined;
  const tail = match[2] as string;
  return match[1] === 'f' ? `file://${tail.replace(/%3F|%23/gi, decodeURIComponent)}` : decodeURIComponent(tail.slice(1));
}

const IN_TEXT = /https?:\/\/[^/\s()]+\/~m\/[^/\s()]+\/\d+\/[fx]\/[^\s():]*/g;

/** Replaces served URLs in a text such as a stack trace. */
export function restoreUrls(text: string): string {
  return text.includes('/~m/') ? text.replace(IN_TEXT, (served) => originalUrl(served) ?? served) : text;
}

/** The engine names served URLs in its messages; people know files. */
export function tidyError(error: unknown): void {
  if (!(error instanceof Error)) return;
  if (error.message.includes('/~m/')) error.message = error.message.replace(/(?:https?:\/\/[^/\s']+)?\/~m\/[^\s']+/g, (url) => originalUrl(url) ?? url);
  if (typeof error.stack === 'string') error.stack = restoreUrls(error.stack);
}
