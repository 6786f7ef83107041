/** Runs one file of snippets against a `crypto` and writes down what each gave: the same code for Node 22, which is recorded, and for ours. */

/** A value as text; bytes in hexadecimal, errors by what a program can tell them by. */
function text(value) {
  if (value instanceof ArrayBuffer) return text(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return `<${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}>`;
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null) return `{ ${Object.keys(value).map((key) => `${key}: ${text(value[key])}`).join(', ')} }`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function failure(error) {
  const own = { ...error };
  delete own.opensslErrorStack;
  const cause = error.cause === undefined ? '' : ` because ${failure(error.cause)}`;
  return `throws ${error.name}: ${error.message} ${text(own)}${cause}`;
}

/** @returns a line for each snippet, "name: what came of it" */
export async function collect(snippets, crypto, before = () => {}) {
  const lines = [];
  for (const [name, snippet] of Object.entries(snippets(crypto))) {
    before();
    try {
      lines.push(`${name}: ${text(await snippet())}`);
    } catch (error) {
      lines.push(`${name}: ${failure(error)}`);
    }
  }
  return lines;
}
