import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { create } from './http_parser.ts';
import { LLHTTP_WASM_BASE64 } from './http-parser/llhttp-wasm.ts';
import { ConnectionsList } from './http-parser/connections.ts';
// @ts-expect-error plain JavaScript, which Node v22 runs too
import { run, scenarios } from './http-parser/scenarios.mjs';
import { testContext } from './testing.ts';

/** Node v22, the container's reference: given by the environment or in its usual place. */
const NODE_22 = [process.env['TERRARIUM_NODE_22'], '/opt/node22/bin/node'].find((path) => path !== undefined && existsSync(path));
const { ctx } = testContext(() => null);
const binding = create(ctx);

test('the WebAssembly is the one of the package', () => {
  const packaged = createRequire(import.meta.url)('undici/lib/llhttp/llhttp-wasm.js') as Buffer;
  expect(LLHTTP_WASM_BASE64 === packaged.toString('base64')).toBe(true);
});

test.skipIf(NODE_22 === undefined)('reports as Node v22 does', () => {
  const script = fileURLToPath(new URL('./http-parser/scenarios.mjs', import.meta.url));
  const output = execFileSync(NODE_22 as string, ['--expose-internals', '--no-warnings', script, 'print'], { encoding: 'utf8' });
  const expected = JSON.parse(output) as unknown[];
  for (const [i, scenario] of scenarios.entries()) {
    const reported = JSON.parse(JSON.stringify(run(binding, scenario))) as unknown;
    expect([scenario[0], reported]).toEqual([scenario[0], expected[i]]);
  }
});

interface TestParser {
  initialize(type: number, resource: object, max?: number, lenient?: number, connections?: ConnectionsList): void;
  execute(bytes: Uint8Array): unknown;
  consume(stream: unknown): void;
  unconsume(): void;
  pause(): void;
  resume(): void;
  remove(): void;
  getCurrentBuffer(): Uint8Array;
  [index: number]: (...args: never[]) => unknown;
}

function newParser(connections?: ConnectionsList): TestParser {
  const { HTTPParser } = binding as { HTTPParser: new () => TestParser };
  const parser = new HTTPParser();
  parser.initialize(1, {}, 0, 0, connections);
  return parser;
}

test('what a callback throws comes out of execute', () => {
  const parser = newParser();
  parser[2] = () => {
    throw new RangeError('mine');
  };
  expect(() => parser.execute(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow('mine');
});

test('a consumed stream is parsed, and kOnExecute told', () => {
  const parser = newParser();
  let listener: { data(bytes: Uint8Array): void } | undefined;
  const seen: unknown[] = [];
  parser[5] = (parsed) => seen.push([parsed, Buffer.from(parser.getCurrentBuffer()).toString()]);
  parser.consume({ setListener: (next: typeof listener) => { listener = next; } });
  listener?.data(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  expect(seen).toEqual([[18, 'GET / HTTP/1.1\r\n\r\n']]);
  parser.unconsume();
  expect(listener).toBeUndefined();
});

test('a server\'s list of connections', () => {
  const connections = new ConnectionsList();
  const parser = newParser(connections);
  expect(connections.active()).toEqual([parser]);
  expect(connections.expired(1e9, 1e9)).toEqual([]);
  parser.execute(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  expect(connections.idle()).toEqual([parser]);
  expect(connections.active()).toEqual([]);
  parser.execute(Buffer.from('GET / HT'));
  expect(connections.active()).toEqual([parser]);
  parser.remove();
  expect(connections.all()).toEqual([]);
});
