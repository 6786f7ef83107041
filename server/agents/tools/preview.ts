import type { previewTools } from '../../../shared/agents/tools/preview.ts';
import { TerrariumError } from '../../../shared/errors/error.ts';
import type { ConsoleRecord } from '../../../shared/protocol/activity.ts';
import type { Activity } from '../../activity/activity.ts';
import type { HostLinks } from '../../host-link/links.ts';
import type { Handlers } from './context.ts';

/** Of one answer. */
const MAX_BODY = 256 * 1024;

export function previewHandlers({ hosts, activity }: { hosts: HostLinks; activity: Activity }): Handlers<keyof typeof previewTools> {
  return {
    async preview_fetch({ path, port, method, headers, body, timeoutSeconds }, { environment, signal }) {
      const target = port ?? environment.port;
      const request = requestOf(target, path, { method, headers, body });
      const limit = AbortSignal.timeout(timeoutSeconds * 1000);
      try {
        const link = await hosts.require(environment.id, signal);
        const response = await link.request(target, request, AbortSignal.any([signal, limit]));
        const { bytes, truncated } = await firstOf(response);
        return { status: response.status, headers: Object.fromEntries(response.headers), truncated, ...textOf(bytes) };
      } catch (error) {
        if (limit.aborted) throw TerrariumError.of('E-TERRARIUM-1325', { port: target, problem: `no answer within ${timeoutSeconds} s` });
        throw error;
      }
    },
    preview_console({ cursor, limit, levels }, { environment }) {
      const { records, next, missed } = activity.since(environment.id, 'console', cursor, limit);
      const entries = records.map(({ cursor: at, time, record, author }) => ({ cursor: at, time: new Date(time).toISOString(), member: author.name, ...lineOf(record) }));
      const wanted: readonly string[] | undefined = levels;
      return { entries: entries.filter(({ level }) => wanted === undefined || wanted.includes(level)), next, missed: missed.length > 0 };
    },
    preview_network({ cursor, limit }, { environment }) {
      const { records, next, missed } = activity.since(environment.id, 'network', cursor, limit);
      return { entries: records.map(({ cursor: at, time, record, author }) => ({ ...record, cursor: at, time: new Date(time).toISOString(), member: author.name })), next, missed: missed.length > 0 };
    },
  };
}

function requestOf(port: number, path: string, init: { method: string; headers: Record<string, string>; body: string | undefined }): Request {
  try {
    const { body, ...rest } = init;
    return new Request(new URL(path, `http://localhost:${port}`), body === undefined ? rest : { ...rest, body });
  } catch {
    throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'path, headers or body: no request can be made of them' });
  }
}

async function firstOf(response: Response): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    size += part.byteLength;
    // Leaving the loop cancels the stream, and with it the request.
    if (size > MAX_BODY) break;
  }
  return { bytes: Buffer.concat(parts).subarray(0, MAX_BODY), truncated: size > MAX_BODY };
}

function textOf(bytes: Uint8Array): { body: string; encoding: 'text' | 'base64' } {
  try {
    // `stream`: what was cut may end inside a character.
    return { body: new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }), encoding: 'text' };
  } catch {
    return { body: Buffer.from(bytes).toString('base64'), encoding: 'base64' };
  }
}

interface Line {
  level: string;
  text: string;
  stack: string | null;
  file: string | null;
  line: number | null;
}

/** One line of a console, as a terminal would print it. */
function lineOf(record: ConsoleRecord): Line {
  if (record.kind === 'gap') return { level: 'warn', text: `${record.count} lines were lost here`, stack: null, file: null, line: null };
  if (record.kind === 'vite-error') return { level: 'error', text: record.message, stack: record.frame ?? null, file: record.file ?? null, line: record.line ?? null };
  const frames = record.stack ?? [];
  const place = { stack: frames.length === 0 ? null : frames.map(({ function: name, file, line }) => `${name ?? '(anonymous)'} ${file}:${line}`).join('\n'), file: frames[0]?.file ?? null, line: frames[0]?.line ?? null };
  if (record.kind === 'error') return { level: 'error', text: `${record.name}: ${record.message}`, ...place };
  return { level: record.level, text: record.args.map(({ preview }) => preview).join(' '), ...place };
}
