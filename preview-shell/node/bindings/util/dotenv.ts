/**
 * The text of a `.env` file as names and values, as Node reads it (node_dotenv.cc; nodejs.org/api/cli.html#--env-filefile).
 * A value in quotes may span lines; `\n` is a newline in double quotes; `#` starts a comment outside of quotes; later lines win.
 */
export function parseDotenv(text: string): Record<string, string> {
  const entries = new Map<string, string>();
  let rest = text.replaceAll('\r', '').trim();
  while (rest !== '') {
    const equals = rest.indexOf('=');
    const newline = rest.indexOf('\n');
    if (rest.startsWith('\n') || rest.startsWith('#') || (newline !== -1 && newline < equals)) {
      rest = afterLine(rest);
      continue;
    }
    if (equals === -1) break;
    const name = rest.slice(0, equals).trim();
    rest = rest.slice(equals + 1);
    if (rest === '' || rest.startsWith('\n')) {
      // Node keeps `export` in the name of a variable without a value.
      entries.set(name, '');
      continue;
    }
    rest = rest.trim();
    const key = name.replace(/^export /, '').trim();
    if (key === '') continue;
    const { value, after } = readValue(rest);
    entries.set(key, value);
    rest = after.trim();
  }
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readValue(text: string): { value: string; after: string } {
  const line = firstLine(text);
  if (/^["'`]/.test(text)) return readQuoted(text) ?? { value: line, after: text.slice(line.length) };
  const uncommented = line.split('#', 1)[0] ?? '';
  return { value: uncommented.trim(), after: text.slice(line.length) };
}

/** Undefined when nothing closes the quote. */
function readQuoted(text: string): { value: string; after: string } | undefined {
  const quote = text.charAt(0);
  const close = text.indexOf(quote, 1);
  if (close === -1) return undefined;
  const inside = text.slice(1, close);
  const tail = text.slice(close + 1);
  return { value: quote === '"' ? inside.replaceAll('\\n', '\n') : inside, after: tail.slice(firstLine(tail).length) };
}

const afterLine = (text: string): string => text.slice(firstLine(text).length).trim();

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
