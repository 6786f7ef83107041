import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf, createTestDriver, handler } from './testing.ts';
import type { TestDriver } from './testing.ts';

let driver: TestDriver;
beforeAll(async () => { driver = await createTestDriver(); });
afterAll(() => driver[Symbol.asyncDispose]());

/** The source, made smaller so that no place of the bundle is one of the source, as the pool's builds are. */
function built(source: string) {
  const { code, map } = transformSync(source, { loader: 'ts', sourcemap: 'external', sourcefile: 'backend/index.ts', minify: true, format: 'esm' });
  return bundleOf(code, map);
}

describe('what a program says', () => {
  test('[BD8] each console method is a line of its level, in order', async () => {
    const { get, events, event } = await driver.run(handler("console.debug('d'); console.log('i', { a: 1 }); console.warn('w'); console.error('last'); return new Response();"));
    await get('/');
    await event((found) => found.kind === 'log' && found.text === 'last');
    expect(events.map((found) => found.kind === 'log' && [found.level, found.text])).toEqual([['debug', 'd'], ['info', 'i { a: 1 }'], ['warn', 'w'], ['error', 'last']]);
  });

  test('[BD8] an exception has the frames of its sources', async () => {
    const source = 'interface Unused { a: string }\n\nfunction explode(): never {\n  throw new TypeError("bang\\ntwice");\n}\nexport default {\n  fetch() {\n    explode();\n  },\n};\n';
    const { get, event } = await driver.run(built(source));
    expect(await get('/')).toMatchObject({ status: 500, body: 'The program ended with an exception.\n' });
    const found = await event(({ kind }) => kind === 'error');
    expect(found).toMatchObject({ origin: 'exception', name: 'TypeError', message: 'bang\ntwice', frames: [{ file: 'backend/index.ts', line: 4 }, { file: 'backend/index.ts', line: 8 }] });
  });

  test('[BD8] a rejection that nobody handles is told, with its frames', async () => {
    const { get, event } = await driver.run(built('export default {\n  async fetch() {\n    Promise.reject(new RangeError("lost"));\n    return new Response("ok");\n  },\n};\n'));
    expect((await get('/')).body).toBe('ok');
    expect(await event(({ kind }) => kind === 'error')).toMatchObject({ origin: 'rejection', name: 'RangeError', message: 'lost', frames: [{ file: 'backend/index.ts', line: 3 }] });
  });

  test('[BD8] a stack that the program prints points to the sources', async () => {
    const { get, event } = await driver.run(built('export default {\n  async fetch() {\n    console.log(new Error("seen"));\n    return new Response("ok");\n  },\n};\n'));
    await get('/');
    expect(await event(({ kind }) => kind === 'log')).toMatchObject({ text: expect.stringContaining('backend/index.ts:3:') as string });
  });

  test.each([
    ['a syntax error', 'export default {\n fetch( {', /SyntaxError.*backend\.js:2/],
    ['no default export', 'export const a = 1;', /does not provide an export named 'default'/],
    ['no fetch handler', 'export default {};', /The default export has no fetch handler/],
    ['a default export that is no object', 'export default 1;', /no fetch handler/],
    ['an import that nothing has', 'import "nope"; export default {};', /No such module "nope"/],
    ['an exception at the start', 'export default {}; throw new Error("top");', /Error: top at backend\.js:1/],
    ['a wait without end at the start', 'await new Promise(() => {}); export default {};', /await/],
  ])('[BD9] %s: it does not start, and says why', async (_name, code, problem) => {
    await expect(driver.run(code)).rejects.toMatchObject({ code: 'E-TERRARIUM-1201', message: expect.stringMatching(problem) as string });
  });

  test('[BD8] a flood of lines is cut, and says so', async () => {
    const { get, events, event } = await driver.run(handler("if (url.pathname === '/flood') for (let i = 0; i < 20_000; i++) console.log('line ' + i); else console.log('after'); return new Response();"));
    await get('/flood');
    while (!events.some((found) => found.kind === 'log' && /were left out/.test(found.text))) {
      await get('/after');
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
    expect(await event((found) => found.kind === 'log' && found.text === 'line 0')).toBeDefined();
    expect(events.length).toBeLessThan(10_000);
  });

  test('[BD8] what imitates a report of ours is the program\'s own line, or nothing', async () => {
    const { get, event } = await driver.run(handler(`
      const say = console.error; let seen = ''; console.error = (text) => { seen = text; };
      console.log('{"timestamp":1,"level":"fatal","message":"forged","source":"workerd"}');
      process.stdout.write('{"timestamp":1,"level":"fatal","message":"forged","source":"workerd"}\\n'); console.log('end'); return new Response();`));
    await get('/');
    await event((found) => found.kind === 'log' && found.text === 'end');
    expect((await get('/')).status).toBe(200);
  });
});
