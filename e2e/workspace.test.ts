/** The whole product in a real browser: an environment from a template to its rendered page, edits, a second person, the terminal. */
import type { Frame, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openNew } from './bench/product.ts';
import { runningProduct } from './product/in-process.ts';

const running = runningProduct();

const { person } = running;
const heading = (frame: Frame): Promise<string | null | undefined> => frame.evaluate(() => document.querySelector('h1')?.textContent).catch(() => undefined);

/** Puts the cursor before `</h1>` of the open editor. */
async function clickIntoHeading(page: Page): Promise<void> {
  await page.locator('.view-line', { hasText: '<h1>' }).first().click();
  await page.keyboard.press('End');
  for (let step = 0; step < '</h1>'.length; step++) await page.keyboard.press('ArrowLeft');
}

describe('an environment', () => {
  let page: Page;
  let frame: Frame;
  beforeAll(async () => {
    page = await person();
    ({ frame } = await openNew(running.product, page));
  });

  test('is made from a template and shows its page on an origin of its own', async () => {
    expect(await heading(frame)).toBe('React + TypeScript');
    expect(new URL(frame.url()).origin).not.toBe(new URL(page.url()).origin);
  });

  test('follows what is typed in the editor, and keeps the page’s state', async () => {
    await frame.click('button');
    await clickIntoHeading(page);
    await page.keyboard.insertText(' typed');
    await expect.poll(() => heading(frame), { timeout: 20_000 }).toBe('React + TypeScript typed');
    expect(await frame.evaluate(() => document.body.innerText)).toContain('Count is 1');
  });

  test('is edited by a second person: both editors and both previews follow', async () => {
    const other = await person();
    await other.goto(page.url());
    const preview = (): Frame | undefined => other.frames().find((each) => /--\d+\.preview\./.test(each.url()));
    await expect.poll(async () => (preview() === undefined ? undefined : heading(preview() as Frame)), { timeout: 60_000 }).toBe('React + TypeScript typed');
    await clickIntoHeading(other);
    await other.keyboard.insertText(' twice');
    // The editor draws spaces as no-break spaces.
    await expect.poll(async () => (await page.locator('.view-lines').first().innerText()).replaceAll('\u00a0', ' '), { timeout: 20_000 }).toContain('typed twice');
    await expect.poll(() => heading(frame), { timeout: 20_000 }).toBe('React + TypeScript typed twice');
    await expect.poll(() => heading(preview() as Frame), { timeout: 20_000 }).toBe('React + TypeScript typed twice');
    await other.context().close();
  });

  test('has a terminal: a pipeline, a program, Ctrl-C of an endless loop and of a program, completion', async () => {
    await page.getByRole('button', { name: /new terminal/i }).first().click();
    const screen = async (): Promise<string> => (await page.locator('.xterm-rows').last().innerText()).replaceAll('\u00a0', ' ');
    const shows = (text: string | RegExp) => expect.poll(screen, { timeout: 20_000 }).toMatch(text);
    const enter = async (line: string): Promise<void> => {
      await page.keyboard.type(line);
      await page.keyboard.press('Enter');
    };
    await shows(/~\/project \$/);
    await enter('ls | grep -c json');
    await shows(/^3\s*$/m);
    await enter("node -e 'console.log(40+2)'");
    await shows(/^42\s*$/m);
    await enter('echo started-a; while true; do sleep 1; done');
    await shows(/^started-a\s*$/m);
    await page.keyboard.press('Control+c');
    await enter('echo loop-ended');
    await shows(/^loop-ended\s*$/m);
    await enter(`node -e 'console.log("started-" + "b"); setInterval(() => {}, 1000)'`);
    await shows(/^started-b\s*$/m);
    await page.keyboard.press('Control+c');
    await enter('echo "status=$?"');
    await shows(/^status=130\s*$/m);
    await page.keyboard.type('cat src/ma');
    await page.keyboard.press('Tab');
    await shows(/cat src\/main\.tsx/);
    await page.keyboard.press('Enter');
    await shows(/createRoot/);
    await enter('echo generated > made-by-shell.txt');
    await expect.poll(() => page.getByText('made-by-shell.txt').count(), { timeout: 20_000 }).toBeGreaterThan(0);
  });

  test('the editor knows the installed packages’ types', async () => {
    await page.locator('.view-line', { hasText: 'useState(0)' }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.insertText('\nsetCount satisfies string;');
    await page.getByRole('tab', { name: /problems/i }).first().click();
    await expect.poll(async () => (await page.locator('body').innerText()).includes("Type 'Dispatch<SetStateAction<number>>' does not satisfy the expected type 'string'"), { timeout: 30_000 }).toBe(true);
  });

  test('the editor follows the project’s tsconfig, also when it changes', async () => {
    const problems = async (): Promise<string> => page.locator('body').innerText();
    await page.locator('.view-line', { hasText: 'setCount satisfies string;' }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.insertText('\nconst neverRead = import.meta.env.MODE;');
    await expect.poll(problems, { timeout: 30_000 }).toContain("'neverRead' is declared but its value is never read.");
    expect(await problems()).not.toContain("Property 'env' does not exist");
    await page.evaluate(async (environment) => {
      const config = `/api/environments/${environment}/files/tsconfig.json`;
      const text = await (await fetch(config)).text();
      const response = await fetch(config, { method: 'PUT', body: text.replace('"noUnusedLocals": true', '"noUnusedLocals": false') });
      if (!response.ok) throw new Error(await response.text());
    }, new URL(page.url()).pathname.split('/').at(-1));
    await expect.poll(problems, { timeout: 30_000 }).not.toContain("'neverRead' is declared");
  });

  test('a preview reaches nothing of the page that shows it', async () => {
    const reached = await frame.evaluate(async (app) => {
      const attempt = async (work: () => unknown): Promise<string> => {
        try {
          return `got ${String(await work())}`;
        } catch {
          return 'refused';
        }
      };
      return [
        await attempt(() => window.parent.document.title),
        await attempt(() => window.top?.localStorage.length),
        await attempt(async () => (await fetch(`${app}/api/environments`, { credentials: 'include' })).status),
      ];
    }, running.product.origin);
    expect(reached).toEqual(['refused', 'refused', 'refused']);
  });
});
