/** One Chromium for the pages of all environments, kept away from everything but this server (SPEC HB1, HB2, HB4). */
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { startEgressProxy } from './egress-proxy.ts';
import type { EgressProxyOptions } from './egress-proxy.ts';
import { signInToEgress } from './egress-sign-in.ts';
import { asNobody, findBrowser, NOBODY } from './executable.ts';

export interface HeadlessBrowser {
  readonly browser: Browser;
  /** A profile of its own that reaches what the browser may reach. */
  newContext(options: BrowserContextOptions): Promise<BrowserContext>;
  /** Proportional set size of all its processes in bytes; 0 where the system does not say. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

export interface HeadlessLaunch {
  executable: string | undefined;
  appOrigin: string;
  /** Hosts that it may reach beside this server (HB12). */
  egress: readonly string[];
  /** For tests, which have no public server. */
  network?: Pick<EgressProxyOptions, 'resolve' | 'dial'>;
}

/** @throws {TerrariumError} 1390, 1391 */
export async function launchHeadless(options: HeadlessLaunch): Promise<HeadlessBrowser> {
  const executable = findBrowser(options.executable);
  const prefix = asNobody(process.getuid?.());
  const folder = await mkdtemp(path.join(os.tmpdir(), 'terrarium-headless-'));
  const proxy = options.egress.length === 0 ? undefined : await startEgressProxy({ allow: options.egress, ...options.network });
  const remove = async () => {
    await proxy?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const home = await homeIn(folder, prefix.length > 0);
    const started = await chromium.launch({
      executablePath: prefix.length === 0 ? executable : await wrapper(folder, [...prefix, executable], home),
      chromiumSandbox: true,
      // A page opens windows where somebody has clicked, and by the hundred nowhere.
      ignoreDefaultArgs: ['--disable-popup-blocking'],
      args: [...networkArguments(options.appOrigin, proxy?.origin ?? NOBODYS_PROXY), '--disable-features=MediaRouter,OptimizationHints', '--disable-gpu'],
      env: { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: home, ...(process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] ?? 'C:\\Windows' } : {}) },
      handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false,
    });
    return {
      browser: started,
      async newContext(contextOptions) {
        const context = await started.newContext(contextOptions);
        if (proxy !== undefined) await signInToEgress(context, proxy).catch(async (error: unknown) => {
          await context.close();
          throw error;
        });
        return context;
      },
      memory: () => memoryOf(home),
      async close() {
        await started.close().catch(() => undefined);
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A port on which nobody listens. */
const NOBODYS_PROXY = 'http://127.0.0.1:9';

/** HB2: a bypass list names who needs no proxy; the proxy of all others does not exist, or is one of ours. */
function networkArguments(appOrigin: string, proxyOrigin: string): string[] {
  const { host } = new URL(appOrigin);
  return [`--proxy-server=${proxyOrigin}`, `--proxy-bypass-list=<-loopback>;${host};*.${host}`, '--force-webrtc-ip-handling-policy=disable_non_proxied_udp'];
}

/** A folder that only the browser's own user reads. */
async function homeIn(folder: string, nobody: boolean): Promise<string> {
  const home = path.join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  if (nobody) {
    await chmod(folder, 0o711);
    await chown(home, NOBODY, NOBODY);
  }
  return home;
}

/**
 * A program that the driver can start as if it were the browser. The folder of the profile is named here and not by the driver, whose own would belong to root: of two that
 * are named Chromium takes the last.
 */
async function wrapper(folder: string, command: readonly string[], home: string): Promise<string> {
  const file = path.join(folder, 'browser');
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  await writeFile(file, `#!/bin/sh\nexec ${quoted} "$@" '--user-data-dir=${home}/profile'\n`, { mode: 0o755 });
  return file;
}

/** Linux: processes whose home is this one. */
async function memoryOf(home: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(processes.map(async (id) => ((await environmentOf(id)).includes(`HOME=${home}\0`) ? await proportionalBytes(id) : 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const environmentOf = (id: string): Promise<string> => readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');

/** Proportional set size: pages that several processes share count once in all. */
async function proportionalBytes(id: string): Promise<number> {
  const rollup = await readFile(`/proc/${id}/smaps_rollup`, 'latin1').catch(() => '');
  const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(rollup) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}
