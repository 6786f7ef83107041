/** Domains in Unicode: Punycode (RFC 3492) read back, with the parameters of its section 5. */
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE_POINT = 128;

/** Labels that are no Punycode stay as they are. */
export function unicodeDomain(domain: string): string {
  return domain.split('.').map((label) => (label.startsWith('xn--') ? (decoded(label.slice('xn--'.length)) ?? label) : label)).join('.');
}

function decoded(label: string): string | undefined {
  const delimiter = label.lastIndexOf('-');
  const output = delimiter > 0 ? Array.from(label.slice(0, delimiter), (character) => character.codePointAt(0) ?? 0) : [];
  let codePoint = FIRST_CODE_POINT;
  let bias = FIRST_BIAS;
  let position = 0;
  for (let at = delimiter > 0 ? delimiter + 1 : 0; at < label.length;) {
    const before = position;
    let weight = 1;
    for (let threshold = BASE; ; threshold += BASE) {
      const digit = digitOf(label.charCodeAt(at++));
      if (digit === undefined) return undefined;
      position += digit * weight;
      const limit = Math.min(Math.max(threshold - bias, T_MIN), T_MAX);
      if (digit < limit) break;
      weight *= BASE - limit;
    }
    const length = output.length + 1;
    bias = adapted(position - before, length, before === 0);
    codePoint += Math.floor(position / length);
    position %= length;
    if (codePoint > 0x10ffff) return undefined;
    output.splice(position++, 0, codePoint);
  }
  return String.fromCodePoint(...output);
}

/** Letters are 0 to 25, digits 26 to 35; undefined at the end of the label. */
function digitOf(unit: number): number | undefined {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30 + 26;
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41;
  return unit >= 0x61 && unit <= 0x7a ? unit - 0x61 : undefined;
}

function adapted(change: number, length: number, first: boolean): number {
  let delta = first ? Math.floor(change / DAMP) : change >> 1;
  delta += Math.floor(delta / length);
  let steps = 0;
  for (; delta > ((BASE - T_MIN) * T_MAX) >> 1; steps += BASE) delta = Math.floor(delta / (BASE - T_MIN));
  return Math.floor(steps + ((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}
