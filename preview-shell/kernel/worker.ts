/** Entry of the kernel's Worker: one container at a time for the client on the other end of a port. */
import * as Comlink from 'comlink';
import { origins } from '../../shared/hosts.ts';
import { HOST_PAGE_VERSION, type FromKernel, type KernelInit, type ToKernel } from '../abi/host-page.ts';
import { Container } from './container/container.ts';
import { ContainerEvents } from './container/events.ts';
import { readImage } from './container/image.ts';
import { TUNNEL_COMMAND } from '../../shared/protocol/host-link.ts';
import { REPLICA_COMMAND } from '../../shared/protocol/replica.ts';
import { replicaCommand } from './replica/index.ts';
import { PackStore } from './packages/index.ts';
import { PreviewGateway } from './gateway/gateway.ts';
import { commandOf, createInstance } from './container/instance.ts';
import { runCommand } from './container/run-command.ts';
import { watchPorts } from './container/port-events.ts';
import { tunnelCommand, type TunnelServices } from './tunnel/index.ts';

type Preview = Extract<ToKernel, { type: 'preview' }>;

interface BuildRequest {
  workdirName?: string;
}

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const tell = (message: FromKernel, transfer: Transferable[] = []): void => scope.postMessage(message, transfer);
const DEFAULT_WORKDIR = 'project';
/** A client that has something to run asks for it at once, in milliseconds. */
const WAITING_AFTER_MS = 300;

let capability = '';
let packStore: PackStore;
let container: Container | undefined;
let gateway: PreviewGateway | undefined;
/** Previews that were there before the container was: they are connected when it is. */
const early: Preview[] = [];

function receive({ data }: MessageEvent<ToKernel>): void {
  switch (data.type) {
    case 'init': serve(data); break;
    case 'thread-failed': container?.kernel.threadFailed(data.threadId, data.message); break;
    case 'capability': capability = data.capability; break;
    case 'flush': void container?.flush(); break;
    case 'preview':
      if (gateway === undefined) early.push(data);
      else connectPreview(gateway, data);
      break;
  }
}

const authorization = (): Record<string, string> => ({ authorization: `Bearer ${capability}` });

function serve(init: KernelInit): void {
  if (init.v !== HOST_PAGE_VERSION) throw new Error(`The page speaks version ${init.v} of the host protocol, this kernel ${HOST_PAGE_VERSION}.`);
  capability = init.capability;
  packStore = new PackStore({ origin: init.packagesOrigin, packs: new Map(), headers: authorization });
  packStore.prefetch(init.packs);
  const urlOf = (port: number): string => origins(init.baseOrigin).preview(init.label, port);
  Comlink.expose({ build: (request: BuildRequest) => build(init, request, urlOf) }, init.client);
}

function connectPreview(to: PreviewGateway, { channel, port, session, isolation }: Preview): void {
  to.connect(channel, port, session, isolation);
}

/** `server.build` of the client library. */
async function build(init: KernelInit, { workdirName }: BuildRequest, urlOf: (port: number) => string) {
  if (container !== undefined) throw new Error('This page already runs a container: tear it down first.');
  const events = new ContainerEvents();
  const made = await Container.open({
    label: init.label,
    workdir: `/home/${workdirName ?? DEFAULT_WORKDIR}`,
    system: readImage(init.image),
    packages: { origin: init.packagesOrigin, headers: authorization },
    packStore,
    onError: (message) => events.emit('error', { message }),
    launcher: {
      launch: (start, transfer) => tell({ type: 'launch', start }, transfer),
      terminate: (threadId) => tell({ type: 'terminate', threadId }),
    },
  });
  container = made;
  const base = new URL(init.baseOrigin);
  const previews = new PreviewGateway({
    network: made.kernel.network,
    address: { scheme: base.protocol.slice(0, -1), baseHost: base.host, label: init.label },
    onPreviewMessage: (message) => events.emit('preview-message', message),
  });
  gateway = previews;
  for (const preview of early.splice(0)) connectPreview(previews, preview);
  const stopPorts = watchPorts(made.kernel.network, urlOf, {
    port: (port, state, url) => events.emit('port', port, state, url),
    serverReady: (port, url) => events.emit('server-ready', port, url),
  });
  const waiting = setTimeout(() => tell({ type: 'waiting' }), WAITING_AFTER_MS);
  return createInstance({
    used: () => clearTimeout(waiting),
    kernel: made.kernel,
    workdir: made.workdir,
    events,
    setPreviewScript: (script) => previews.setScript(script),
    reserved: new Map([
      [REPLICA_COMMAND, replicaCommand(made.kernel.disk)],
      [TUNNEL_COMMAND, tunnelCommand(tunnelServices(made))],
    ]),
    async teardown() {
      clearTimeout(waiting);
      stopPorts();
      container = undefined;
      gateway = undefined;
      previews.close();
      await made.close();
    },
  });
}

function tunnelServices({ kernel, workdir }: Container): TunnelServices {
  return {
    network: kernel.network,
    processes: () => kernel.processes.list().map(({ pid, ppid, argv, threads, busyTime }) => ({ pid, ppid, command: argv.join(' '), threads: threads.size, busyMs: busyTime })),
    use: () => ({ busyMs: kernel.processes.busyTime, packBytes: [...kernel.disk.packs.values()].reduce((sum, pack) => sum + pack.byteLength, 0) }),
    start: (message, output) => runCommand(kernel.processes, commandOf(workdir, message), output),
  };
}

scope.addEventListener('message', receive as EventListener);
scope.addEventListener('unhandledrejection', ({ reason }) => tell({ type: 'fatal', message: String((reason as Error | undefined)?.stack ?? reason) }));
