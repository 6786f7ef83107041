/** One call of an environment to another host: judged, with its credential, to the address that was looked at, within limits, and noted (SPEC.md). */
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { BackendEvent } from '../backends/events.ts';
import type { Credential } from '../backend-settings/settings.ts';
import { createBudget } from './budget.ts';
import { CONNECT_MS, guardedLookup, refusalIn, resolveAll } from './egress.ts';
import type { Resolve } from './egress.ts';
import { judge } from './judge.ts';
import type { JudgeOptions } from './judge.ts';

export interface ReachLimits {
  perMinute: number;
  atOnce: number;
  /** Milliseconds until an answer begins, and that a body may stand still. */
  waitMs: number;
  /** Bytes of a body, either way. */
  bodyBytes: number;
}

const LIMITS: ReachLimits = { perMinute: 600, atOnce: 50, waitMs: 30_000, bodyBytes: 32 * 1024 * 1024 };

export interface ReachOptions extends JudgeOptions {
  note(environmentId: string, event: BackendEvent): void;
  resolve?: Resolve;
  limits?: Partial<ReachLimits>;
  now?: () => number;
}

export interface Call {
  method: string;
  url: string;
  /** Names and values in turn, as the next ones. */
  headers: readonly string[];
  body: Readable | string | null;
  signal: AbortSignal;
  /** Whether the host's credential is added; it is unless told. */
  credentials?: boolean;
}

export interface Reached {
  status: number;
  headers: string[];
  body: Readable;
}

export interface Reach {
  /** One hop; a redirect is an answer. @throws {TerrariumError} 1254-1260, 1264 */
  call(environmentId: string, call: Call): Promise<Reached>;
  /** Notes what was refused before it was a call. */
  refused(environmentId: string, method: string, url: string, error: TerrariumError): void;
  close(): Promise<void>;
}

/** Of the connection, of its framing, and what would say of this server where the call comes from. */
const NOT_PASSED = /^(?:host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|forwarded|via|x-forwarded.*|x-real-ip|x-isolated-.*|cf-.*)$/i;

export function createReach(options: ReachOptions): Reach {
  const { note, resolve = resolveAll, now = Date.now } = options;
  const limits = { ...LIMITS, ...options.limits };
  const budget = createBudget({ ...limits, now });
  const timing = { headersTimeout: limits.waitMs, bodyTimeout: limits.waitMs };
  const guarded = new Agent({ ...timing, connect: { timeout: CONNECT_MS, lookup: guardedLookup(resolve) as LookupFunction } });
  const unguarded = new Agent({ ...timing, connect: { timeout: CONNECT_MS, lookup: ((host, { all }, done) => resolve(host, (error, found) => (all === true ? done(error, found) : done(error, found[0]?.address ?? '', found[0]?.family)))) as LookupFunction } });

  function record(environmentId: string, method: string, url: string) {
    const started = performance.now();
    let noted = false;
    return function finish(outcome: { status?: number; code?: string }): void {
      if (noted) return;
      noted = true;
      note(environmentId, { kind: 'egress', at: Date.now(), method, url: shown(url), durationMs: performance.now() - started, ...outcome });
    };
  }

  async function call(environmentId: string, { method, url: address, headers, body, signal, credentials = true }: Call): Promise<Reached> {
    const finish = record(environmentId, method, address);
    let end = () => undefined as void;
    let host = '';
    try {
      const { url, credential, open } = judge(environmentId, address, options);
      ({ host } = url);
      end = budget.take(environmentId);
      const asked = { origin: url.origin, path: url.pathname + url.search, method: method as Dispatcher.HttpMethod, headers: headersFor(url, headers, credentials ? credential : undefined), body: limited(body, host, limits.bodyBytes), signal, responseHeaders: 'raw' as const };
      const answer = await (open ? unguarded : guarded).request(asked);
      // Asked for raw, they are a flat list of bytes; the library's types do not follow its option.
      const given = passed((answer.headers as unknown as Buffer[]).map((part) => part.toString('latin1')));
      const status = answer.statusCode;
      const result = limited(answer.body, host, limits.bodyBytes) as Readable;
      result.once('error', (error) => finish({ status, code: explained(error, host, limits).code }));
      result.once('close', () => {
        finish({ status });
        end();
      });
      return { status, headers: given, body: result };
    } catch (error) {
      end();
      const reason = explained(error, host, limits);
      finish({ code: reason.code });
      throw reason;
    }
  }

  return {
    call,
    refused: (environmentId, method, url, error) => record(environmentId, method, url)({ code: error.code }),
    async close() {
      await Promise.all([guarded.destroy(), unguarded.destroy()]);
    },
  };
}

function headersFor(url: URL, given: readonly string[], credential: Credential | undefined): string[] {
  const headers = ['host', url.host];
  const own = credential?.header.toLowerCase();
  for (let at = 0; at + 1 < given.length; at += 2) if (given[at]?.toLowerCase() !== own && !NOT_PASSED.test(given[at] ?? '')) headers.push(given[at] ?? '', given[at + 1] ?? '');
  return credential === undefined ? headers : [...headers, credential.header, credential.value];
}

const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|alt-svc)$/i;
const passed = (raw: readonly string[]): string[] => raw.filter((_, at) => !HOP_BY_HOP.test(raw[at - (at % 2)] ?? ''));

/** The same bytes, up to the limit. */
function limited(body: Readable | string | null, host: string, limit: number): Readable | string | null {
  const tooLong = () => TerrariumError.of('E-TERRARIUM-1259', { host, limit });
  if (body === null) return null;
  if (typeof body === 'string') {
    if (Buffer.byteLength(body) > limit) throw tooLong();
    return body;
  }
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limit) done(tooLong());
      else done(null, chunk);
    },
  });
  body.once('error', (error) => counted.destroy(error));
  // Whoever reads it hears of it too; a call that was given up has nobody.
  counted.on('error', () => undefined);
  counted.once('close', () => body.destroy());
  return body.pipe(counted);
}

function explained(error: unknown, host: string, { waitMs }: ReachLimits): TerrariumError {
  if (error instanceof TerrariumError) return error;
  const refusal = refusalIn(error);
  if (refusal !== undefined) return TerrariumError.of('E-TERRARIUM-1256', { host, reason: refusal.message });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code)) return TerrariumError.of('E-TERRARIUM-1258', { host, seconds: waitMs / 1000 });
  return TerrariumError.of('E-TERRARIUM-1257', { host });
}

/** Without what a secret may be in. */
function shown(address: string): string {
  if (!URL.canParse(address)) return address.slice(0, 100);
  const url = new URL(address);
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 500);
}
