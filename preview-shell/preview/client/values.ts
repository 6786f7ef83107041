/** Logged values as the console panel draws them: made here, so that nothing of the page's own objects leaves it (preview-report.ts, LoggedValue). */
import type { LoggedValue } from '../../../shared/protocol/preview-report.ts';

const MAX_TEXT = 64 * 1024;
const MAX_CHILDREN = 100;
const MAX_PREVIEW_ITEMS = 5;

export function cut(text: string, length = MAX_TEXT): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

export function loggedValue(value: unknown, depth = 2): LoggedValue {
  try {
    return describe(value, depth);
  } catch (error) {
    // A getter or a proxy of the page may throw whenever it is looked at.
    return { type: 'object', preview: `[${error instanceof Error ? error.name : 'error'} while reading]` };
  }
}

function describe(value: unknown, depth: number): LoggedValue {
  if (value === null) return { type: 'null', preview: 'null' };
  switch (typeof value) {
    case 'string': return { type: 'string', preview: cut(value) };
    case 'number': return { type: 'number', preview: Object.is(value, -0) ? '-0' : String(value) };
    case 'bigint': return { type: 'bigint', preview: cut(`${value}n`) };
    case 'boolean': return { type: 'boolean', preview: String(value) };
    case 'undefined': return { type: 'undefined', preview: 'undefined' };
    case 'symbol': return { type: 'symbol', preview: cut(value.toString()) };
    case 'function': return { type: 'function', preview: `ƒ ${cut(value.name || 'anonymous', 256)}()` };
    case 'object': break;
  }
  return describeObject(value, depth);
}

function describeObject(value: object, depth: number): LoggedValue {
  if (value instanceof Error) return { type: 'error', preview: cut(value.stack ?? `${value.name}: ${value.message}`) };
  // Workers have no elements.
  if (typeof Element === 'function' && value instanceof Element) return { type: 'element', preview: cut(value.outerHTML, 2048) };
  const type = Array.isArray(value) ? 'array' : 'object';
  const entries = entriesOf(value);
  const preview = cut(previewOf(value, entries), 2048);
  if (depth === 0) return { type, preview };
  return { type, preview, children: entries.slice(0, MAX_CHILDREN).map(([key, child]) => ({ key: cut(key, 1000), value: loggedValue(child, depth - 1) })) };
}

function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].slice(0, MAX_CHILDREN).map(([key, item]) => [short(key), item]);
  if (value instanceof Set) return [...value].slice(0, MAX_CHILDREN).map((item, index) => [String(index), item]);
  return Object.keys(value).slice(0, MAX_CHILDREN).map((key) => [key, (value as Record<string, unknown>)[key]]);
}

function previewOf(value: object, entries: [string, unknown][]): string {
  if (value instanceof Date || value instanceof RegExp) return String(value);
  const shown = entries.slice(0, MAX_PREVIEW_ITEMS);
  const more = entries.length > shown.length ? ', …' : '';
  if (Array.isArray(value)) return `(${value.length}) [${shown.map(([, item]) => short(item)).join(', ')}${more}]`;
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor?.name ?? '';
  const size = value instanceof Map || value instanceof Set ? `(${value.size}) ` : '';
  return `${name === 'Object' || name === '' ? '' : `${name} `}${size}{${shown.map(([key, item]) => `${key}: ${short(item)}`).join(', ')}${more}}`;
}

/** One value inside of another's line. */
function short(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, 100));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `Array(${value.length})` : '{…}';
  return cut(typeof value === 'function' ? 'ƒ' : String(value), 100);
}
