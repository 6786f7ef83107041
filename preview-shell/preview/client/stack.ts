/** Frames of an error's stack, with addresses of this preview as paths of the project where the server serves files by them. */
import type { StackFrame } from '../../../shared/protocol/preview-report.ts';

const MAX_FRAMES = 50;
/** Chromium's `at f (url:1:2)` and the `f@url:1:2` of Firefox and Safari. */
const FRAME = /^\s*(?:at (?:async )?(?:(.*?) \()?|(?:(.*?)@))((?:https?|file|blob):[^\s)]+?):(\d+)(?::(\d+))?\)?$/;

/** A frame with the address that it came from. */
export interface PlacedFrame extends StackFrame {
  url: string;
}

export const stackFrames = (stack: string | undefined): StackFrame[] => placedFrames(stack).map(({ url: _, ...frame }) => frame);

export function placedFrames(stack: string | undefined): PlacedFrame[] {
  const frames: PlacedFrame[] = [];
  for (const line of (stack ?? '').split('\n')) {
    const match = FRAME.exec(line);
    if (match === null || match[3]?.includes('/~terrarium/') === true) continue;
    const name = match[1] ?? match[2] ?? '';
    frames.push({
      ...(name === '' ? {} : { function: name.slice(0, 1000) }),
      url: match[3] ?? '', file: diskPath(match[3] ?? '').slice(0, 4096), line: Math.max(1, Number(match[4])), ...(match[5] === undefined ? {} : { column: Number(match[5]) }),
    });
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}

/** Vite serves `/src/x` from the project's root and `/@fs/…` from the disk's; its own queries only make addresses unique. */
export function diskPath(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return url;
  }
  if (parsed.origin !== location.origin) return url;
  const path = decodeURIComponent(parsed.pathname);
  if (path.startsWith('/@fs/')) return path.slice('/@fs'.length);
  return `/home/project${path}`;
}
