/** Places in what the dev server made of the task's files, traced back to the files themselves by the maps that it sends with them. */
import { decode, type SourceMapMappings } from '@jridgewell/sourcemap-codec';
import type { StackFrame } from '../../../shared/protocol/preview-report.ts';
import { diskPath, type PlacedFrame } from './stack.ts';

interface SourceMap {
  url: string;
  sources: string[];
  mappings: SourceMapMappings;
}

/** Files whose maps are read for one error: the task's own, at the top of its stack. */
const MAX_FILES = 4;
/** An error is told without maps rather than late, in milliseconds. */
const LIMIT_MS = 1500;

/** The same frames; those whose file has a map name the place in its source. Never rejects. */
export async function traced(frames: readonly PlacedFrame[]): Promise<StackFrame[]> {
  const urls = [...new Set(frames.map(({ url }) => url).filter(isOwn))].slice(0, MAX_FILES);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, LIMIT_MS));
  const maps = new Map(await Promise.all(urls.map(async (url) => [url, await Promise.race([readMap(url).catch(() => undefined), late])] as const)));
  return frames.map(({ url, ...frame }) => {
    const map = maps.get(url);
    return map === undefined ? frame : traceFrame(frame, map);
  });
}

/** The page may replace its own. */
const fetchNative: typeof fetch = globalThis.fetch.bind(globalThis);

/** Packages are bundled once and their places interest nobody. */
const isOwn = (url: string): boolean => url.startsWith(`${location.origin}/`) && !url.includes('/node_modules/');

async function readMap(url: string): Promise<SourceMap | undefined> {
  const text = await (await fetchNative(url, { cache: 'force-cache' })).text();
  const [, address] = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/m.exec(text.slice(text.lastIndexOf('\n//'))) ?? [];
  if (address === undefined) return undefined;
  const map = (await (await fetchNative(new URL(address, url))).json()) as { sources?: unknown; mappings?: unknown };
  if (!Array.isArray(map.sources) || typeof map.mappings !== 'string') return undefined;
  return { url, sources: map.sources.map(String), mappings: decode(map.mappings) };
}

export function traceFrame(frame: StackFrame, { url, sources, mappings }: SourceMap): StackFrame {
  // Stacks count columns from one, maps from zero (ECMA-426).
  const column = (frame.column ?? 1) - 1;
  const segment = mappings[frame.line - 1]?.findLast(([start]) => start <= column);
  if (segment === undefined || segment.length === 1) return frame;
  const [, source, line, start] = segment;
  const name = sources[source];
  return { ...frame, file: name === undefined ? frame.file : diskPath(new URL(name, url).href), line: line + 1, column: start + 1 };
}
