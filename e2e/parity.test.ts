/** The container's Node beside Node itself: what each snippet prints, and its exit code. One boot; two programs at a time. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded, type Embedded } from './container/start.ts';
import { areas, expectedOf, normalized, snippetsOf, type Outcome, type Snippet } from './parity/snippets.ts';

/** What is known to differ, and why. One that has come to be the same is to be taken off. */
const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'vm scripts and contexts': 'a context is a scope over the sandbox, not a realm: errors are the thread\'s, and a function called on nothing has the thread\'s global object',
  'require of an ES module': 'a required module that exports __esModule itself cannot be evaluated at once',
};

const AT_A_TIME = 2;
const HOME = '/home/project';

interface Harness {
  boot(): Promise<{ fs: { mkdir(path: string): Promise<void>; writeFile(path: string, text: string): Promise<void> } }>;
  run(container: unknown, command: string, args: string[], options: { cwd: string }): Promise<Outcome>;
}
declare const terrarium: Harness;
declare const container: Awaited<ReturnType<Harness['boot']>>;

let embedded: Embedded;
let page: Page;

beforeAll(async () => {
  embedded = await startEmbedded();
  page = await embedded.open();
  await page.evaluate(async () => void Object.assign(globalThis, { container: await terrarium.boot() }));
});
afterAll(() => embedded.stop());

function run(folder: string, { file, code }: Snippet): Promise<Outcome> {
  return page.evaluate(async ([cwd, name, text]) => {
    await container.fs.mkdir(cwd);
    await container.fs.writeFile(`${cwd}/${name}`, text);
    const { code: exit, output } = await terrarium.run(container, 'node', [name], { cwd });
    return { code: exit, output };
  }, [folder, file, code] as const);
}

/** By name. */
async function outcomesOf(area: string): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  const waiting = snippetsOf(area).entries();
  const worker = async (): Promise<void> => {
    for (const [index, snippet] of waiting) {
      const folder = `${area}-${index}`;
      outcomes[snippet.name] = normalized(await run(folder, snippet), `${HOME}/${folder}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return outcomes;
}

test.each(areas())('%s', async (area) => {
  const outcomes = await outcomesOf(area);
  const expected = expectedOf(area);
  for (const name of Object.keys(KNOWN_DIFFERENCES)) {
    if (expected[name] === undefined) continue;
    expect(outcomes[name], name).not.toEqual(expected[name]);
    delete outcomes[name];
    delete expected[name];
  }
  expect(outcomes).toEqual(expected);
});
