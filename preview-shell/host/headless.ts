/**
 * The page that @webcontainer/api frames. It owns what only a page can own: the Workers, the service worker's registration, the port to the
 * client. Everything else is the kernel's.
 */
import { sharedBytes } from '../abi/shared-bytes.ts';
import { HOST_PAGE_VERSION, type FromKernel, type KernelInit, type ToKernel } from '../abi/host-page.ts';
import { HOST_PATHS } from '../../shared/protocol/preview-channel.ts';
import { NOT_ISOLATED } from '../../shared/isolation.ts';
import { readBootData } from './boot-data.ts';
import { clientOrigin } from './client-origin.ts';
import { HostServiceWorker } from './service-worker.ts';
import { ThreadPool } from './thread-pool.ts';

/** An install, an npm script, a dev server and its four threads take seven. */
const SPARE_THREADS = { starting: 7, servers: 3, later: 2 };
const CAPABILITY_REFRESH_MS = 6 * 60 * 60 * 1000;
/** From the start until this page's files are kept for offline, in milliseconds: the boot and the first install have the wire for themselves. */
const KEEP_AFTER_MS = 4000;

async function start(): Promise<void> {
  if (!crossOriginIsolated) {
    parent.postMessage({ type: NOT_ISOLATED }, clientOrigin());
    return warnClient('the browser gave no shared memory here (E-TERRARIUM-2123): where it has no Document-Isolation-Policy, serve the embedding page with COOP and COEP and boot with the option "coep".');
  }
  const boot = readBootData();
  const coep = new URLSearchParams(location.search).get('coep');
  // A Worker's own policy must be at least its page's, and comes with its script.
  const asset = (name: string): string => `${HOST_PATHS.runtime}${name}${coep === 'require-corp' ? '?coep=require-corp' : ''}`;
  const session = crypto.randomUUID();
  const kernel = new Worker(asset(boot.assets.kernel));
  const tell = (message: ToKernel, transfer: Transferable[] = []): void => kernel.postMessage(message, transfer);
  // The kernel reads its disk and takes the client's first calls while the rest of what threads need is on its way.
  const imageRead = bytes(asset(boot.assets.image));
  const pool = startThreads(boot, asset, session, tell);
  kernel.onmessage = ({ data }: MessageEvent<FromKernel>) => {
    switch (data.type) {
      // In the order in which they came: all of them wait for one promise.
      case 'launch': void pool.then(({ threads }) => threads.launch(data.start)); break;
      case 'terminate': void pool.then(({ threads }) => threads.terminate(data.threadId)); break;
      case 'waiting': void pool.then(({ threads }) => threads.preload()); break;
      case 'fatal': warnClient(data.message); break;
    }
  };
  kernel.onerror = ({ message }) => warnClient(message);
  const { port1, port2 } = new MessageChannel();
  parent.postMessage({ type: 'init' }, clientOrigin(), [port2]);
  const { label, baseOrigin, packagesOrigin, capability, packs } = boot;
  const image = await imageRead;
  const init: KernelInit = { type: 'init', v: HOST_PAGE_VERSION, label, baseOrigin, packagesOrigin, capability, packs, image, client: port1 };
  tell(init, [image, port1]);
  addEventListener('pagehide', () => tell({ type: 'flush' }));
  document.addEventListener('visibilitychange', () => tell({ type: 'flush' }));
  const { serviceWorker } = await pool;
  setTimeout(() => serviceWorker.keep(ownFiles(Object.values(boot.assets).map(asset))), KEEP_AFTER_MS);
  setInterval(() => void refreshCapability(tell), CAPABILITY_REFRESH_MS);
  // A page that was kept comes with a capability that may be past its time.
  if (boot.expires - Date.now() < CAPABILITY_REFRESH_MS) {
    void refreshCapability(tell);
    addEventListener('online', () => void refreshCapability(tell));
  }
}

type Boot = ReturnType<typeof readBootData>;

/** A thread's Worker is made when the service worker is active, since one that was made before would not be controlled by it. */
async function startThreads(boot: Boot, asset: (name: string) => string, session: string, tell: (message: ToKernel, transfer?: Transferable[]) => void): Promise<{ serviceWorker: HostServiceWorker; threads: ThreadPool }> {
  const isolation = isolationMode(new URLSearchParams(location.search).get('coep'));
  let pool: ThreadPool | undefined;
  const [serviceWorker, library] = await Promise.all([
    HostServiceWorker.start(session, {
      reintroduce: (key) => pool?.reintroduce(key),
      preview: (port, channel) => tell({ type: 'preview', port, channel, session, isolation }, [channel]),
    }),
    bytes(asset(boot.assets.library)).then(sharedBytes),
  ]);
  const threads = (pool = new ThreadPool({
    script: asset(boot.assets.thread), transform: asset(boot.assets.transform), plan: asset(boot.assets.plan), library, session, origin: location.origin, spares: SPARE_THREADS,
    introduce: (key) => serviceWorker.introduce(key),
    onFailure: (threadId, message) => tell({ type: 'thread-failed', threadId, message }),
  }));
  serviceWorker.announce();
  return { serviceWorker, threads };
}

/** Everything that a start of this page fetches from its origin. */
function ownFiles(assets: string[]): string[] {
  const scripts = [...document.scripts].flatMap(({ src }) => (src === '' ? [] : [src]));
  return [location.href, HOST_PATHS.relay, ...scripts, ...assets];
}

async function refreshCapability(tell: (message: ToKernel) => void): Promise<void> {
  const response = await fetch('/~capability').catch(() => undefined);
  // Offline, or the server is away: the next turn tries again, the capability lasts for two.
  if (response?.ok !== true) return;
  const { capability } = (await response.json()) as { capability: string };
  tell({ type: 'capability', capability });
}

function isolationMode(coep: string | null): 'none' | 'coep-credentialless' | 'coep-require-corp' {
  return coep === 'require-corp' ? 'coep-require-corp' : coep === 'credentialless' ? 'coep-credentialless' : 'none';
}

function warnClient(message: string): void {
  console.error(message);
  parent.postMessage({ type: 'warning', level: 'error', message: `Terrarium: ${message}` }, clientOrigin());
}

async function bytes(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return response.arrayBuffer();
}

start().catch((error: unknown) => warnClient(`the container could not start: ${String(error)}`));
