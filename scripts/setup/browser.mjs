/** Finds a Chromium for the end-to-end tests, or brings one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT, run, SetupError } from './run.mjs';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** @param {string} node Node to run Playwright's installer with @returns {Promise<string>} path of the browser */
export async function ensureChromium(node) {
  const found = await findChromium();
  if (found !== undefined) return found;
  console.log('No Chromium found: installing one for the end-to-end tests (once).');
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await run('apt-get', ['update', '-qq']);
    await run('apt-get', ['install', '-y', '-qq', 'chromium'], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  if ((await findChromium()) === undefined) {
    await run(node, [path.join(ROOT, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium']);
  }
  const installed = await findChromium();
  if (installed === undefined) {
    throw new SetupError('The end-to-end tests need a Chromium and none could be installed. Install Chromium or Chrome, or set TERRARIUM_CHROMIUM to the path of one.');
  }
  return installed;
}

async function findChromium() {
  const named = process.env.TERRARIUM_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new SetupError(`TERRARIUM_CHROMIUM names ${named}, which is not there. Correct it or unset it.`);
    return named;
  }
  return CANDIDATES.find((candidate) => existsSync(candidate)) ?? (await playwrightsOwn());
}

async function playwrightsOwn() {
  const { chromium } = await import('playwright-core');
  const executable = chromium.executablePath();
  return existsSync(executable) ? executable : undefined;
}
