/** Started as a program of its own by tests, as a user of theirs: launches the server's browser, looks at one page, and prints what it found. */
import { readFileSync, readdirSync } from 'node:fs';
import { launchHeadless } from './browser.ts';

const [appOrigin = ''] = process.argv.slice(2);
const headless = await launchHeadless({ executable: undefined, appOrigin, egress: [] });
try {
  const page = await (await headless.browser.newContext()).newPage();
  await page.goto(`${appOrigin}/healthz`);
  const body = await page.evaluate('document.body.textContent');
  const outside = await page.goto('http://192.0.2.1/', { timeout: 5000 }).then(() => 'reached', (error: unknown) => /net::(\w+)/.exec(String(error))?.[1] ?? 'refused');
  /** The browser's processes: those that have its home. */
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((id) => {
    const [command, status, environment] = ['cmdline', 'status', 'environ'].map((file) => {
      try {
        return readFileSync(`/proc/${id}/${file}`, 'latin1');
      } catch {
        return '';
      }
    });
    return command !== undefined && environment?.includes('terrarium-headless-') === true ? [{ uid: Number(/^Uid:\s+(\d+)/m.exec(status ?? '')?.[1]), hasNoSandbox: command.includes('--no-sandbox') }] : [];
  });
  process.stdout.write(`${JSON.stringify({ uid: process.getuid?.(), body, outside, processes })}\n`);
} finally {
  await headless.close();
}
