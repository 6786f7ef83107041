/** Which browser the server starts, and as which user (SPEC HB1, HB10). */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { TerrariumError } from '../../shared/errors/error.ts';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Of util-linux: runs a program as another user. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/** @param named what the configuration says. @throws {TerrariumError} 1330 */
export function findBrowser(named: string | undefined, exists: (file: string) => boolean = existsSync): string {
  if (named !== undefined) {
    if (!exists(named)) throw TerrariumError.of('E-TERRARIUM-1390', { place: named });
    return named;
  }
  const found = [...SYSTEM, chromium.executablePath()].find((file) => file !== '' && exists(file));
  if (found === undefined) throw TerrariumError.of('E-TERRARIUM-1390', { place: 'the usual places' });
  return found;
}

/** Words to put before the browser's own; none where the server is no root. @throws {TerrariumError} 1331 */
export function asNobody(uid: number | undefined, exists: (file: string) => boolean = existsSync): string[] {
  if (uid !== 0) return [];
  const setpriv = SETPRIV.find(exists);
  if (setpriv === undefined) throw TerrariumError.of('E-TERRARIUM-1391');
  return [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs', '--'];
}

/** Linux: the user of files whose owner is unknown; owns nothing. */
export const NOBODY = 65534;
