/** What a person does in the terminal of a running environment: programs that ask, packages that the policy allows and those that it refuses. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { enter, openTerminal, previewFrame, previewShows, saved, screen, screenshot, terminalShows } from './product/workspace.ts';

const ASK = `import { createInterface } from 'node:readline/promises';
const asker = createInterface({ input: process.stdin, output: process.stdout });
const name = await asker.question('Your name? ');
console.log('Hello, ' + name.toUpperCase() + '!');
asker.close();
`;
const SUM = "if (process.stdin.isTTY) console.log('numbers, please');\nlet sum = 0;\nfor await (const piece of process.stdin) for (const word of String(piece).split(/\\s+/)) sum += Number(word);\nconsole.log('sum=' + sum);\n";
const STORE = `import { create } from 'zustand';

const useBears = create<{ bears: number; add: () => void }>()((set) => ({ bears: 3, add: () => set(({ bears }) => ({ bears: bears + 1 })) }));

export function App() {
  const { bears, add } = useBears();
  return <button onClick={add}>{bears} bears from zustand</button>;
}
`;

let server: ServerProcess;
let served: Served;
let page: Page;
let id: string;
const put = (file: string, text: string) => server.api(`/api/environments/${id}/files/${file}`, { method: 'PUT', body: text });

beforeAll(async () => {
  served = await startServed();
  ({ server, page } = served);
  id = await server.create('react-ts');
  await put('ask.mjs', ASK);
  await put('sum.mjs', SUM);
  await page.goto(`${server.origin}/e/${id}`);
  await previewShows(page, 'React + TypeScript');
  await openTerminal(page);
});
afterAll(() => served.end());

describe('the terminal', () => {
  test('a program asks a question and gets the answer that is typed', async () => {
    await enter(page, 'node ask.mjs');
    await terminalShows(page, /^Your name\?/m);
    await enter(page, 'Ada');
    await terminalShows(page, /^Hello, ADA!\s*$/m);
  });

  test('a program reads its standard input to the end: from a pipe, from a file, from the keyboard', async () => {
    await enter(page, 'echo 1 2 3 | node sum.mjs');
    await terminalShows(page, /^sum=6\s*$/m);
    await enter(page, 'echo 20 > n.txt; node sum.mjs < n.txt; rm n.txt');
    await terminalShows(page, /^sum=20\s*$/m);
    await enter(page, 'node sum.mjs');
    await terminalShows(page, /^numbers, please\s*$/m);
    await enter(page, '30 4');
    await page.keyboard.press('Control+d');
    await terminalShows(page, /^sum=34\s*$/m);
    await screenshot(page, 'terminal-stdin');
  });

  test('npm install zustand, then the app uses it and the preview shows it', async () => {
    await enter(page, 'clear; npm install zustand; echo "exit=$?"');
    await terminalShows(page, /added 1 package[^]*^exit=0\s*$/m, 60_000);
    await put('src/App.tsx', STORE);
    await previewShows(page, '3 bears from zustand');
    await previewFrame(page)?.click('button');
    await previewShows(page, '4 bears from zustand');
    await saved(page);
    expect(JSON.parse(await server.stored(id, 'package.json'))).toMatchObject({ dependencies: { zustand: expect.stringMatching(/^\^\d/) as string } });
    expect(await server.stored(id, 'package-lock.json')).toContain('node_modules/zustand');
    await screenshot(page, 'zustand');
  });

  test('npm install moment is refused with its code and what to use, and changes nothing', async () => {
    const before = await server.stored(id, 'package.json');
    await page.locator('.xterm-screen').last().click();
    await enter(page, 'clear; npm install moment; echo "exit=$?"');
    await terminalShows(page, /E-TERRARIUM-1120[^]*^exit=1\s*$/m);
    await terminalShows(page, /The package "moment" is refused by the package policy:[^]*Use /);
    await screenshot(page, 'moment');
    expect(await server.stored(id, 'package.json')).toBe(before);
    await previewShows(page, '4 bears from zustand');
  });

  test.each([
    // The policy is asked before the registry is.
    ['no-such-package-xyz', 'E-TERRARIUM-1121', 'The package "no-such-package-xyz" is in no list of the package policy'],
    ['react@99.0.0', 'E-TERRARIUM-2151', 'The registry has no version of "react@99.0.0" that fits'],
  ])('npm install %s says why not, and changes nothing', async (wanted, code, sentence) => {
    const before = await server.stored(id, 'package.json');
    await page.locator('.xterm-screen').last().click();
    await enter(page, `clear; npm install ${wanted}; echo "exit=$?"`);
    await terminalShows(page, new RegExp(`${code}[^]*^exit=1\\s*$`, 'm'), 60_000);
    // A narrow terminal breaks a sentence anywhere.
    expect((await screen(page)).replace(/\s+/g, '')).toContain(sentence.replaceAll(' ', ''));
    await screenshot(page, wanted);
    expect(await server.stored(id, 'package.json')).toBe(before);
  });
});
