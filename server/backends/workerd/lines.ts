/** Lines of a stream, each bounded: a program that prints without a line end must not fill the server's memory. */
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

const MAX_LINE = 256 * 1024;

/** Calls `take` for each line; of one longer than 256 Ki characters, the part beyond is dropped. */
export function readLines(stream: Readable, take: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const push = (text: string): void => {
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      const whole = rest + line;
      rest = '';
      if (whole !== '') take(whole.slice(0, MAX_LINE));
    }
    if (rest.length < MAX_LINE) rest += last;
  };
  stream.on('data', (chunk: Buffer) => push(decoder.write(chunk)));
  stream.on('end', () => push(`${decoder.end()}\n`));
}
