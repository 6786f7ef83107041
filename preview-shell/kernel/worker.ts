/** Entry of the kernel's Worker: one container at a time for the client on the other end of a port. */
import * as Comlink from 'comlink';
import { origins } from '../../shared/hosts.ts';
import { HOST_PAGE_VERSION, type FromKernel, type KernelInit, type ToKernel } from '../abi/host-page.ts';
import { Container } from './container/container.ts';
import { ContainerEvents } from './container/events.ts';
import { readImage } from './container/image.ts';
import { createInstance } from './container/instance.ts';
import { watchPorts } from './container/port-events.ts';

interface BuildRequest {
  workdirName?: string;
}

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const tell = (message: FromKernel, transfer: Transferable[] = []): void => scope.postMessage(message, transfer);
const DEFAULT_WORKDIR = 'project';

let capability = '';
let container: Container | undefined;

function receive({ data }: MessageEvent<ToKernel>): void {
  switch (data.type) {
    case 'init': serve(data); break;
    case 'thread-failed': container?.kernel.threadFailed(data.threadId, data.message); break;
    case 'capability': capability = data.capability; break;
    case 'flush': void container?.flush(); break;
    case 'preview': break;
  }
}

function serve(init: KernelInit): void {
  if (init.v !== HOST_PAGE_VERSION) throw new Error(`The page speaks version ${init.v} of the host protocol, this kernel ${HOST_PAGE_VERSION}.`);
  capability = init.capability;
  const urlOf = (port: number): string => origins(init.baseOrigin).preview(init.label, port);
  Comlink.expose({ build: (request: BuildRequest) => build(init, request, urlOf) }, init.client);
}

/** `server.build` of the client library. */
async function build(init: KernelInit, { workdirName }: BuildRequest, urlOf: (port: number) => string) {
  if (container !== undefined) throw new Error('This page already runs a container: tear it down first.');
  const events = new ContainerEvents();
  const made = await Container.open({
    label: init.label,
    workdir: `/home/${workdirName ?? DEFAULT_WORKDIR}`,
    system: readImage(init.image),
    packages: { origin: init.packagesOrigin, headers: () => ({ authorization: `Bearer ${capability}` }) },
    onError: (message) => events.emit('error', { message }),
    launcher: {
      launch: (start, transfer) => tell({ type: 'launch', start }, transfer),
      terminate: (threadId) => tell({ type: 'terminate', threadId }),
    },
  });
  container = made;
  const stopPorts = watchPorts(made.kernel.network, urlOf, {
    port: (port, state, url) => events.emit('port', port, state, url),
    serverReady: (port, url) => events.emit('server-ready', port, url),
  });
  return createInstance({
    kernel: made.kernel,
    workdir: made.workdir,
    events,
    setPreviewScript: () => undefined,
    reserved: new Map(),
    async teardown() {
      stopPorts();
      container = undefined;
      await made.close();
    },
  });
}

scope.addEventListener('message', receive as EventListener);
scope.addEventListener('unhandledrejection', ({ reason }) => tell({ type: 'fatal', message: String((reason as Error | undefined)?.stack ?? reason) }));
