/** Puts a script before a worker's own, in its first line, so that places in it stay what they are. */

/** A directive counts only as the first statement of a script (ECMA-262, 11.2.1): it is said again before ours. */
const STRICT = /^(?:\s|\/\*[^]*?\*\/|\/\/[^\n]*\n)*(['"])use strict\1/;

export function withPrelude(text: string, prelude: string): string {
  if (prelude === '' || text.startsWith('#!')) return text;
  const oneLine = prelude.trim().replaceAll('\n', ' ');
  return `${STRICT.test(text) ? '"use strict";' : ''}${oneLine};${text}`;
}
