/** Document and disk in a real browser: what a program had read, and packages that another member installs (app/sync/SPEC.md). */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openNew } from './bench/product.ts';
import { runningProduct } from './product/in-process.ts';

const running = runningProduct();

const { person } = running;
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

/** A shell of the page, and what it shows. */
async function shellOf(page: Page): Promise<{ enter(line: string): Promise<void>; screen(): Promise<string> }> {
  await page.getByRole('button', { name: /new terminal/i }).first().click();
  const screen = async (): Promise<string> => plain(await page.locator('.xterm-rows').last().innerText());
  await expect.poll(screen, { timeout: 60_000 }).toMatch(/~\/project \$/);
  return {
    screen,
    async enter(line) {
      await page.keyboard.type(line);
      await page.keyboard.press('Enter');
    },
  };
}

test('[S17] a program’s change and what is typed while it runs are both kept, [S26] and packages follow the lockfile to the other members', async () => {
  const page = await person();
  await openNew(running.product, page);
  const text = async (): Promise<string> => plain(await page.locator('.view-lines').first().innerText());
  const shell = await shellOf(page);
  await shell.enter(`node -e 'const f="src/App.tsx",t=fs.readFileSync(f,"utf8");console.log("has-"+"read");setTimeout(()=>{fs.writeFileSync(f,t.replace("<h1>","<h1 id=\\"formatted\\">"));console.log("has-"+"written")},4000)'`);
  await expect.poll(shell.screen, { timeout: 20_000 }).toMatch(/^has-read\s*$/m);
  await page.locator('.view-line', { hasText: 'useState' }).first().click();
  await page.keyboard.press('Home');
  await page.keyboard.insertText('// typed meanwhile\n');
  await page.locator('.xterm-helper-textarea').last().focus();
  await expect.poll(shell.screen, { timeout: 20_000 }).toMatch(/^has-written\s*$/m);
  await expect.poll(text, { timeout: 20_000 }).toMatch(/\/\/ typed meanwhile[\s\S]*<h1 id="formatted">/);

  const other = await person();
  await other.goto(page.url());
  const previews = () => other.frames().filter((frame) => /--\d+\.preview\./.test(frame.url()));
  await expect.poll(() => Promise.all(previews().map((frame) => frame.evaluate(() => document.querySelector('h1')?.id).catch(() => undefined))), { timeout: 60_000 }).toContain('formatted');
  const theirs = await shellOf(other);
  await theirs.enter('until grep -q "typed meanwhile" src/App.tsx && grep -q formatted src/App.tsx; do sleep 0.2; done; echo n=$(grep -c "typed meanwhile" src/App.tsx),$(grep -c formatted src/App.tsx)');
  await expect.poll(theirs.screen, { timeout: 60_000 }).toMatch(/^n=1,1\s*$/m);
  await page.locator('.xterm-helper-textarea').last().focus();
  await shell.enter('clear; npm install zustand');
  await expect.poll(shell.screen, { timeout: 60_000 }).toMatch(/added 1 package/);
  await other.locator('.xterm-helper-textarea').last().focus();
  await theirs.enter('clear; until ls node_modules | grep -q zustand && grep -q zustand package.json; do sleep 0.2; done; echo m=$(ls node_modules | grep -c zustand),$(grep -c zustand package.json)');
  await expect.poll(theirs.screen, { timeout: 60_000 }).toMatch(/^m=1,1\s*$/m);
}, 240_000);
