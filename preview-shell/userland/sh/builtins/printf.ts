import type { Builtin } from './builtin.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', e: '\x1b', '"': '"' };

/** Backslash escapes; `stop` when `\c` ended the output. `octalZero`: octal numbers begin with a 0, as in `echo -e` and `%b`. */
export function unescape(text: string, octalZero: boolean): { text: string; stop: boolean } {
  let stop = false;
  const octal = octalZero ? '0[0-7]{0,3}|[0-7]{1,3}' : '[0-7]{1,3}';
  const out = text.replace(new RegExp(`\\\\(c[^]*|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|${octal}|[^])`, 'g'), (whole, body: string) => {
    if (body.startsWith('c')) {
      stop = true;
      return '';
    }
    if (/^[xuU]./.test(body)) return String.fromCodePoint(Number.parseInt(body.slice(1), 16));
    if (/^[0-7]/.test(body)) return String.fromCharCode(Number.parseInt(body, 8) & 0xff);
    return ESCAPES[body] ?? whole;
  });
  return { text: out, stop };
}

export const echo: Builtin = async (shell, args) => {
  let newline = true;
  let escapes = false;
  let at = 0;
  for (; /^-[neE]+$/.test(args[at] ?? ''); at++) {
    for (const flag of (args[at] ?? '').slice(1)) {
      if (flag === 'n') newline = false;
      else escapes = flag === 'e';
    }
  }
  const joined = args.slice(at).join(' ');
  const { text, stop } = escapes ? unescape(joined, true) : { text: joined, stop: false };
  await shell.io.stdout.write(text + (newline && !stop ? '\n' : ''));
  return 0;
};

/** printf(1): the format is used again while arguments are left. */
export const printf: Builtin = async (shell, args) => {
  const [format, ...rest] = args[0] === '--' ? args.slice(1) : args;
  if (format === undefined) {
    await shell.complain('printf: usage: printf format [arguments]');
    return 2;
  }
  let status = 0;
  let out = '';
  let left = rest;
  do {
    const round = await formatOnce(format, left, (message) => {
      status = 1;
      return shell.complain(`printf: ${message}`);
    });
    out += round.text;
    if (round.stop || round.used === 0) break;
    left = left.slice(round.used);
  } while (left.length > 0);
  await shell.io.stdout.write(out);
  return status;
};

async function formatOnce(format: string, args: string[], complain: (message: string) => Promise<void>): Promise<{ text: string; used: number; stop: boolean }> {
  let used = 0;
  let text = '';
  const take = (): string | undefined => args[used++];
  const pattern = /%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z]))|\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|[^])|[^%\\]+|[^]/g;
  for (const [whole, flags = '', width, precision, kind] of format.matchAll(pattern)) {
    if (whole === '%%') text += '%';
    else if (whole.startsWith('\\')) {
      const escaped = unescape(whole, false);
      text += escaped.text;
      if (escaped.stop) return { text, used, stop: true };
    } else if (kind === undefined) text += whole;
    else {
      const columns = width === '*' ? Number(take() ?? 0) : width === undefined ? 0 : Number(width);
      const digits = whole.includes('.') ? Number(precision === '*' ? (take() ?? 0) : (precision ?? 0)) : undefined;
      const piece = await conversion(kind, take(), flags, digits, complain);
      text += pad(piece.text, columns, flags, /[diouxXeEfgG]/.test(kind));
      if (piece.stop) return { text, used, stop: true };
    }
  }
  return { text, used: Math.min(used, args.length), stop: false };
}

async function conversion(kind: string, given: string | undefined, flags: string, digits: number | undefined, complain: (message: string) => Promise<void>): Promise<{ text: string; stop: boolean }> {
  const plain = (text: string): { text: string; stop: boolean } => ({ text, stop: false });
  const argument = given ?? '';
  switch (kind) {
    case 's': return plain(digits === undefined ? argument : argument.slice(0, digits));
    case 'b': return unescape(argument, true);
    case 'c': return plain(argument.slice(0, 1));
    case 'q': return plain(/^[\w./:=@%+,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`);
  }
  const number = /^["']/.test(argument) ? (argument.codePointAt(1) ?? 0) : argument === '' ? 0 : Number(/^[-+]?0[0-7]+$/.test(argument) ? Number.parseInt(argument, 8) : argument);
  if (Number.isNaN(number)) await complain(`${argument}: invalid number`);
  const value = Number.isNaN(number) ? Number.parseFloat(argument) || 0 : number;
  const signed = (text: string): string => (value >= 0 && flags.includes('+') ? `+${text}` : value >= 0 && flags.includes(' ') ? ` ${text}` : text);
  const whole = Math.trunc(value);
  switch (kind) {
    case 'd':
    case 'i': return plain(signed((whole < 0 ? '-' : '') + String(Math.abs(whole)).padStart(digits ?? 1, '0')));
    case 'u': return plain(String(BigInt.asUintN(64, BigInt(whole))).padStart(digits ?? 1, '0'));
    case 'o': return plain((flags.includes('#') ? '0' : '') + whole.toString(8).padStart(digits ?? 1, '0'));
    case 'x': return plain((flags.includes('#') ? '0x' : '') + whole.toString(16).padStart(digits ?? 1, '0'));
    case 'X': return plain((flags.includes('#') ? '0X' : '') + whole.toString(16).toUpperCase().padStart(digits ?? 1, '0'));
    case 'f': return plain(signed(value.toFixed(digits ?? 6)));
    case 'e': return plain(signed(value.toExponential(digits ?? 6).replace(/e([-+])(\d)$/, 'e$10$2')));
    case 'g': return plain(signed(String(Number(value.toPrecision(digits === 0 ? 1 : (digits ?? 6))))));
    default:
      await complain(`%${kind}: invalid directive`);
      return plain('');
  }
}

function pad(text: string, columns: number, flags: string, numeric: boolean): string {
  if (flags.includes('-') || columns < 0) return text.padEnd(Math.abs(columns));
  if (!flags.includes('0') || !numeric) return text.padStart(columns);
  const sign = /^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(columns - sign.length, '0');
}
