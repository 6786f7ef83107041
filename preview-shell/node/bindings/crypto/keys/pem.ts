/** PEM (RFC 7468, and RFC 1421 for keys encrypted the old way). */
import { base64Text } from '../../buffer/decode.ts';
import { encodeText } from '../../string-bytes.ts';

export interface PemBlock {
  readonly label: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

const BLOCK = /-----BEGIN ([^\r\n]*?)-----[ \t]*\r?\n([\s\S]*?)-----END \1-----/g;
const HEADER = /^([A-Za-z0-9-]+): *(.*)$/;

/** All blocks whose content is base64. */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, label = '', body = ''] of text.matchAll(BLOCK)) {
    const headers: Record<string, string> = {};
    const lines = body.split(/\r?\n/);
    while (lines.length > 0) {
      const [, name, value] = HEADER.exec(lines[0] as string) ?? [];
      if (name === undefined) break;
      headers[name] = value as string;
      lines.shift();
    }
    const content = lines.join('').replaceAll(/\s/g, '');
    if (/^[A-Za-z0-9+/]*={0,2}$/.test(content)) blocks.push({ label, headers, bytes: encodeText(content, 'base64') });
  }
  return blocks;
}

export function writePem(label: string, bytes: Uint8Array, headers: readonly string[] = []): string {
  const lines = base64Text(bytes).match(/.{1,64}/g) ?? [];
  const head = headers.length === 0 ? [] : [...headers, ''];
  return [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`, ''].join('\n');
}
