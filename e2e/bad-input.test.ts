/** What a person does wrong, or meets, in the page: each time a code, a sentence that says what to do, and the way back. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, newProfile } from './product/browser.ts';
import { openPlain, putFile, serving } from './product/plain-project.ts';
import { createServerProcess, type ServerProcess } from './product/server.ts';
import { editorText, enter, openTerminal, previewShows, saved, screen, screenshot, terminalShows, typeAtTop, until } from './product/workspace.ts';

let server: ServerProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let id: string;
beforeAll(async () => {
  server = await createServerProcess();
  [browser] = await Promise.all([launchBrowser(), server.start()]);
});
afterAll(async () => {
  await browser.close();
  await server.dispose();
});
beforeEach(async () => {
  context = await newProfile(browser);
  page = await server.signIn(context);
});
afterEach(() => context.close());

const put = (path: string, text: string): Promise<void> => putFile(server, id, path, text);
const open = async (files: Record<string, string>): Promise<void> => void (id = await openPlain(server, page, files));
const SERVES = serving('<h1>It serves</h1>');
const alert = (code: string) => page.locator('[role=alert], [role=status]').filter({ hasText: code });

/** The place that shows the code says a sentence beside it. */
async function shows(code: string, sentence: string | RegExp, timeout = 30_000): Promise<void> {
  await alert(code).first().waitFor({ timeout });
  expect(await alert(code).first().innerText()).toMatch(sentence);
}

describe('addresses and sign-in', () => {
  test('an environment that is not there', async () => {
    await page.goto(`${server.origin}/e/nobody-here`);
    await page.getByRole('heading', { name: 'There is no such environment' }).waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toContain('E-TERRARIUM-1001');
    await screenshot(page, 'no-such-environment');
    await page.getByRole('button', { name: 'Go to the environments' }).click();
    await page.getByRole('heading', { name: /environments/i }).first().waitFor();
  });

  test('the preview address of a label that runs nowhere', async () => {
    await page.goto(`http://nobody-here--5173.preview.${new URL(server.origin).host}/`);
    await until(() => page.locator('main').innerText(), /Open the environment in its workspace[^]*E-TERRARIUM-2120/, 30_000);
    await screenshot(page, 'no-such-label');
  });

  test('a link that is not valid, and a token that is wrong', async () => {
    await context.clearCookies();
    await page.goto(`${server.origin}/login?token=long-expired`);
    await shows('E-TERRARIUM-1401', 'Ask for a new link');
    await page.getByLabel('Token').fill('certainly-not-the-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await shows('E-TERRARIUM-1401', 'Ask for a new link');
    await screenshot(page, 'wrong-token');
  });

  test('a session that has ended: what was typed is still here after signing in again', async () => {
    await open({ 'dev.mjs': SERVES });
    await typeAtTop(page, '<!-- typed before -->');
    await saved(page);
    await context.clearCookies();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to open this environment' }).waitFor();
    expect(await page.locator('main').innerText()).toMatch(/Open the sign-in link that the server printed[^]*E-TERRARIUM-1400/);
    await screenshot(page, 'session-ended');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Token').fill(server.owner['authorization']?.replace('Bearer ', '') ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await until(() => editorText(page), '<!-- typed before -->', 30_000);
    await saved(page);
  });
});

describe('files', () => {
  beforeEach(async () => {
    await open({ 'dev.mjs': SERVES });
    await page.getByRole('treeitem', { name: 'index.html' }).waitFor();
  });

  test('names that leave the project, or clash by case', async () => {
    const name = async (text: string): Promise<void> => {
      await page.getByRole('button', { name: 'New file' }).click();
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
    };
    await name('../escape.ts');
    await shows('E-TERRARIUM-1004', 'Name a place inside the project');
    await name('INDEX.html');
    await shows('E-TERRARIUM-1008', 'differs only in case. Choose another name');
    await screenshot(page, 'name-clash');
    const { files } = (await (await server.api(`/api/environments/${id}/files`)).json()) as { files: { path: string }[] };
    expect(files.map(({ path }) => path).filter((path) => /escape|INDEX/.test(path))).toEqual([]);
  });

  test('a file that is larger than the server takes', async () => {
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(26 * 1024 * 1024)], 'big.bin'));
      document.querySelector('[role=tree]')?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await shows('E-TERRARIUM-1140', 'Send less, or split it');
    await screenshot(page, 'too-large');
    expect(await page.getByRole('treeitem', { name: 'big.bin' }).count()).toBe(0);
  });

  test('a tab that is closed while somebody types: what was typed is there when it opens again, and is saved', async () => {
    await saved(page);
    await typeAtTop(page, '<!-- closed in the middle of -->');
    await page.close();
    page = await context.newPage();
    await page.goto(`${server.origin}/e/${id}`);
    await until(() => editorText(page), '<!-- closed in the middle of -->', 30_000);
    await saved(page);
    expect(await server.stored(id, 'index.html')).toContain('<!-- closed in the middle of -->');
  });

  test('a tab that is closed while a program writes: each file is whole or not there', async () => {
    await previewShows(page, 'It serves');
    await openTerminal(page);
    await enter(page, `node -e "const fs=require('fs');fs.mkdirSync('out',{recursive:true});for(let i=0;;i++)fs.writeFileSync('out/f'+(i%50)+'.txt','<'+'x'.repeat(2000)+'>')"`);
    await page.getByRole('treeitem', { name: 'out' }).waitFor();
    await page.close();
    page = await context.newPage();
    await page.goto(`${server.origin}/e/${id}`);
    await previewShows(page, 'It serves');
    await openTerminal(page);
    await enter(page, 'clear; for f in out/*; do wc -c < $f; done | sort | uniq -c; echo done');
    await terminalShows(page, /^done\s*$/m);
    await screenshot(page, 'closed-mid-write');
    // As on any disk, a file that was just opened for writing may be empty; a torn one there must not be.
    const sizes = [...(await screen(page)).matchAll(/^\s*\d+ (\d+)\s*$/gm)].map(([, size]) => size);
    expect(sizes).toContain('2002');
    expect(sizes.filter((size) => size !== '2002' && size !== '0')).toEqual([]);
    await previewShows(page, 'It serves');
  });
});

describe('packages', () => {
  test('one that the policy refuses in package.json: named, and after the correction all goes on', async () => {
    await open({ 'dev.mjs': SERVES, 'package.json': '{ "scripts": { "dev": "node dev.mjs" }, "dependencies": { "moment": "^2.30.0" } }' });
    await shows('E-TERRARIUM-2140', /E-TERRARIUM-1120[^]*moment[^]*Use /);
    await screenshot(page, 'refused-package');
    await put('package.json', '{ "scripts": { "dev": "node dev.mjs" } }');
    await page.getByRole('button', { name: 'Start again' }).click();
    await previewShows(page, 'It serves');
  });

  test('a name in no list, a version that is not there, a name that cannot be one', async () => {
    await open({ 'dev.mjs': SERVES });
    await previewShows(page, 'It serves');
    await openTerminal(page);
    for (const [spec, code, advice] of [['not-in-any-list-7f3a', 'E-TERRARIUM-1121', 'ask who runs this server'], ['zustand@999', 'E-TERRARIUM-2151', 'Choose a version that exists'], ['Not*A*Name', 'E-TERRARIUM-1123', 'Check the spelling'], ['github:evil/thing', 'E-TERRARIUM-1122', 'Name a package and a version']] as const) {
      await enter(page, `clear; npm install '${spec}' 2>&1 | tr '\\n' ' '; echo; echo done`);
      await terminalShows(page, /^done\s*$/m, 60_000);
      await until(async () => (await page.locator('.xterm-rows').last().innerText()).replaceAll(/\s/g, ''), code, 5000);
      expect((await page.locator('.xterm-rows').last().innerText()).replaceAll(/\s/g, '')).toContain(advice.replaceAll(' ', ''));
    }
    await screenshot(page, 'npm-refusals');
    expect(await server.stored(id, 'package.json')).not.toContain('dependencies');
  });
});

describe('programs', () => {
  test('a package.json that is broken: the file and the place, and after the correction all goes on', async () => {
    await open({ 'dev.mjs': SERVES, 'package.json': '{ "scripts": { "dev": "node dev.mjs", } }' });
    await shows('E-TERRARIUM-2142', /package\.json cannot be read: .*Correct the file and start again/);
    await screenshot(page, 'broken-package-json');
    await openTerminal(page);
    await enter(page, 'npm install; echo "exit=$?"');
    await terminalShows(page, /EJSONPARSE[^]*exit=1/);
    await put('package.json', '{ "scripts": { "dev": "node dev.mjs" } }');
    await page.getByRole('button', { name: 'Start again' }).click();
    await previewShows(page, 'It serves');
  });

  test('a dev script that exits: its code and what it said, and after the correction all goes on', async () => {
    await open({ 'dev.mjs': "console.error('no configuration found'); process.exit(3);\n" });
    await shows('E-TERRARIUM-2141', /ended with exit code 3\. Read its terminal[^]*no configuration found/);
    await screenshot(page, 'dev-script-exits');
    await put('dev.mjs', SERVES);
    await page.getByRole('button', { name: 'Start again' }).click();
    await previewShows(page, 'It serves');
  });

  test('a dev script that never listens is named after a while, and may yet', async () => {
    await open({ 'dev.mjs': "process.stdin.once('data', () => import('./late.mjs'));\nsetInterval(() => {}, 1000);\n", 'late.mjs': SERVES });
    await shows('E-TERRARIUM-2143', /has opened no port for 15 s\. Read its terminal/, 60_000);
    await screenshot(page, 'never-listens');
    await page.getByRole('button', { name: 'Show the terminal' }).click();
    await page.locator('.xterm-screen').last().click();
    await page.keyboard.press('Enter');
    await previewShows(page, 'It serves');
  });

  test('a dev server that ends later: the preview says so, and starts it again', async () => {
    await open({ 'dev.mjs': `${SERVES}process.stdin.once('data', () => process.exit(1));\n` });
    await previewShows(page, 'It serves');
    await page.locator('.xterm-screen').last().click();
    await page.keyboard.press('Enter');
    await shows('E-TERRARIUM-2144', 'Nothing listens on port 5173 any more');
    await screenshot(page, 'server-ended');
    await page.getByRole('button', { name: 'Start the server' }).click();
    await alert('E-TERRARIUM-2144').waitFor({ state: 'detached' });
    await previewShows(page, 'It serves');
  });

  test('a page that stays blank: the probe says why', async () => {
    await open({ 'dev.mjs': serving('<!doctype html><title>nothing</title>') });
    await shows('E-TERRARIUM-2126', 'The page itself is empty', 60_000);
    await screenshot(page, 'blank-page');
  });
});

describe('the code', () => {
  test('a syntax error: an overlay that leads to the line, a problem in the list; both go with the correction', async () => {
    id = await server.create('react-ts');
    await page.goto(`${server.origin}/e/${id}`);
    await previewShows(page, 'React + TypeScript');
    const source = await server.stored(id, 'src/App.tsx');
    await put('src/App.tsx', source.replace('<main>', '<main'));
    await page.locator('.error-overlay').getByText('src/App.tsx:7:17', { exact: true }).waitFor({ timeout: 30_000 });
    await page.getByTitle('Show problems').click();
    const problem = page.getByRole('region', { name: 'Problems' }).locator('.list-row').first();
    await problem.waitFor({ timeout: 30_000 });
    await screenshot(page, 'syntax-error');
    await problem.click();
    await page.getByText(/^Ln \d+, Col \d+/).waitFor();
    await put('src/App.tsx', source.replace('React + TypeScript', 'Mended'));
    await previewShows(page, 'Mended');
    await page.locator('.error-overlay').waitFor({ state: 'detached' });
    await page.getByText('No problems in this project.').waitFor({ timeout: 30_000 });
  });

  test('an error at run time: an overlay with the stack, and the console has it', async () => {
    id = await server.create('react-ts');
    await page.goto(`${server.origin}/e/${id}`);
    await previewShows(page, 'React + TypeScript');
    const source = await server.stored(id, 'src/App.tsx');
    await put('src/App.tsx', source.replace('return (', "if (Date.now() > 0) throw new Error('thrown while rendering');\n  return ("));
    await page.locator('.error-overlay').getByText('thrown while rendering').first().waitFor({ timeout: 30_000 });
    const place = page.locator('.error-overlay').getByText(/^src\/App\.tsx:5:/);
    await screenshot(page, 'runtime-error');
    await place.click();
    await page.getByText(/^Ln 5, Col/).waitFor();
    await put('src/App.tsx', source.replace('React + TypeScript', 'Mended'));
    await previewShows(page, 'Mended');
    await page.locator('.error-overlay').waitFor({ state: 'detached' });
  });
});
