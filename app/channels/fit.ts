/** What of a preview's report the others are told: no secrets of the request's sender, and no more than a record may hold. */
import type { NetworkRecord } from '../../shared/protocol/activity.ts';
import { MAX_RECORD } from '../../shared/protocol/channels.ts';

const SECRET_HEADERS = /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token|x-csrf-token)$/i;
const SECRET_FIELDS = /("(?:[\w-]*(?:password|passwd|secret|token|api_?key)[\w-]*)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const SECRET_PARAMETERS = /((?:^|[&?\n])[\w-]*(?:password|passwd|secret|token|api_?key)[\w-]*(?:=|: ))[^&#\n]*/gi;
export const HIDDEN = '(not passed on)';

/** Passwords and tokens stay with the member who sent them; the others see that they were there. */
export function withoutSecrets<R extends NetworkRecord>(record: R): R {
  const hide = (headers: [string, string][] | undefined) => headers?.map(([name, value]): [string, string] => [name, SECRET_HEADERS.test(name) ? HIDDEN : value]);
  const body = record.requestBody?.replace(SECRET_FIELDS, `$1"${HIDDEN}"`).replace(SECRET_PARAMETERS, `$1${HIDDEN}`);
  return {
    ...record,
    url: record.url.replace(SECRET_PARAMETERS, `$1${HIDDEN}`),
    ...(record.requestHeaders === undefined ? {} : { requestHeaders: hide(record.requestHeaders) }),
    ...(record.responseHeaders === undefined ? {} : { responseHeaders: hide(record.responseHeaders) }),
    ...(body === undefined ? {} : { requestBody: body }),
  };
}

/** The record as it is, or with its texts cut and its lists shortened until it fits. */
export function fitted<R>(record: R): R {
  if (JSON.stringify(record).length <= MAX_RECORD) return record;
  for (const [text, items] of [[8192, 50], [2048, 20], [512, 10], [128, 5]] as const) {
    // What is shortened keeps its shape: texts and lists have no least length in any record.
    const shorter = shorten(record, text, items) as R;
    if (JSON.stringify(shorter).length <= MAX_RECORD) return shorter;
  }
  return shorten(record, 64, 2) as R;
}

function shorten(value: unknown, text: number, items: number): unknown {
  if (typeof value === 'string') return value.length > text ? `${value.slice(0, text)}…` : value;
  if (Array.isArray(value)) {
    // A pair of name and value is no list.
    const kept = value.length === 2 && value.every((item) => typeof item === 'string') ? value : value.slice(0, items);
    return kept.map((item) => shorten(item, text, items));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item, text, items)]));
}
