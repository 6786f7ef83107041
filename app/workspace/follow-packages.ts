/** A lockfile that another member changed brings this runtime's packages along. */

const LOCKFILE = 'package-lock.json';
const MANIFEST = 'package.json';
/** The manifest and the lockfile of one install arrive as two changes. */
const SETTLE_MS = 300;

export interface FollowOptions {
  /** Calls back with each file that the sync has brought to the disk: what this runtime's own programs write is none of them. */
  onBrought(listener: (path: string) => void): () => void;
  /** Resolves when the first install is over. */
  installed: Promise<unknown>;
  /** Installs exactly what the lockfile names. */
  install(): Promise<void>;
  /** The install failed; the next change of the lockfile tries again. */
  failed(error: unknown): void;
  signal: AbortSignal;
}

/** One install at a time, and one more when the lockfile has changed during it. */
export function followPackages({ onBrought, installed, install, failed, signal }: FollowOptions): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    await installed.catch(() => undefined);
    while (wanted && !signal.aborted) {
      wanted = false;
      await install().catch(failed);
    }
    running = false;
  };
  const stop = onBrought((path) => {
    if (path !== LOCKFILE && !(path === MANIFEST && timer !== undefined)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      wanted = true;
      if (!running && !signal.aborted) void run();
    }, SETTLE_MS);
  });
  signal.addEventListener('abort', () => (stop(), clearTimeout(timer)), { once: true });
}

/** What brings `node_modules` to the lockfile and does not write it; a project's own command stays what it is. */
export function followCommand(install: string | undefined): string {
  return install === undefined || install === 'npm install' ? 'npm ci' : install;
}
