/** The read-only system (`/bin`, `/usr`) as one pack, built by scripts/build-preview-shell.mjs. */
import { parsePack } from '../../../shared/pack/format.ts';
import type { SystemEntry } from '../disk/index.ts';

/** Lists the image's symbolic links: a pack has none. */
const LINKS_FILE = 'image.json';

export function readImage(image: ArrayBuffer): SystemEntry[] {
  const bytes = new Uint8Array(image);
  const { header, dataStart } = parsePack(bytes);
  const entries: SystemEntry[] = [];
  for (const { p, o, s, m } of header.files) {
    const content = bytes.slice(dataStart + o, dataStart + o + s);
    if (p === LINKS_FILE) entries.push(...links(content));
    else entries.push({ path: `/${p}`, bytes: content, mode: m ?? 0o644 });
  }
  return entries;
}

function links(content: Uint8Array): SystemEntry[] {
  const table = JSON.parse(new TextDecoder().decode(content)) as Record<string, string>;
  return Object.entries(table).map(([path, target]) => ({ path, target }));
}
