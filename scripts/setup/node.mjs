/** The Node that the project runs on: the machine's when it is new enough, else one of the project's own from the npm registry. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npm, ROOT, SetupError } from './run.mjs';

/** First release with all that the server's libraries ask for (Arborist 10). */
const MINIMUM = [24, 15, 0];
const FOLDER = path.join(ROOT, '.terrarium', 'toolchain');

/** Exact packages, since each platform is published at its own pace. The integrity makes the download independent of what the registry says. */
const PACKAGES = {
  'linux-x64': {
    version: '24.20.0',
    integrity: 'sha512-tkBwUleGts0UUnK+6HKJkEsOMFb9bkG/YvXw8/alFTaDSUbneVeAFVqu6ELHXuyvVYP4vo1hNAAEfN9zl0Cm3g==',
  },
  'linux-arm64': {
    version: '24.22.0',
    integrity: 'sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ==',
  },
  'win-x64': {
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};

/** @param {string} version as in `process.versions.node` */
export function isNewEnough(version) {
  const parts = version.split('.').map(Number);
  for (let i = 0; i < MINIMUM.length; i++) {
    const difference = (parts[i] ?? 0) - MINIMUM[i];
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Path of an executable Node of at least `MINIMUM`; installs one under `.terrarium/` on first use. @returns {Promise<string>} */
export async function projectNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${platform}-${process.arch}`;
  const wanted = PACKAGES[/** @type {keyof typeof PACKAGES} */ (name)];
  if (wanted === undefined) {
    throw new SetupError(
      `Terrarium needs Node ${MINIMUM.join('.')} or newer and this is ${process.version} on ${name}, for which none can be brought along. ` +
        'Install Node 24 (nodejs.org, or your version manager: "nvm install 24", "brew install node@24") and run the same command again.',
    );
  }
  const executable = path.join(FOLDER, 'node_modules', `node-${name}`, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (isInstalled(name, wanted, executable)) return executable;
  console.log(`Node ${process.version} is older than the project needs: bringing Node ${wanted.version} for this folder alone.`);
  const code = await npm(['install', '--prefix', FOLDER, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', `node-${name}@${wanted.version}`]);
  if (code !== 0) throw new SetupError(`npm could not install Node ${wanted.version} (exit code ${code}). Check the network and run the command again, or install Node 24 yourself.`);
  if (!isInstalled(name, wanted, executable)) throw new SetupError(`The package node-${name}@${wanted.version} is not the one that was expected. Remove .terrarium/toolchain and run the command again.`);
  return executable;
}

/**
 * @param {string} name
 * @param {{version: string, integrity: string}} wanted
 * @param {string} executable
 */
function isInstalled(name, wanted, executable) {
  const lockfile = path.join(FOLDER, 'node_modules', '.package-lock.json');
  if (!existsSync(executable) || !existsSync(lockfile)) return false;
  const entry = JSON.parse(readFileSync(lockfile, 'utf8')).packages?.[`node_modules/node-${name}`];
  return entry?.version === wanted.version && entry.integrity === wanted.integrity;
}

/** The environment for children that call `node` by name. @param {string} node */
export function withNode(node) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [key]: `${path.dirname(node)}${path.delimiter}${process.env[key] ?? ''}` };
}
