/** Our own files of a preview origin, and what the server says with them about the page's sandbox. */
import { KeptCopies } from '../../../shared/offline/kept-copies.ts';
import { PREVIEW_PATHS, type ClientBoot } from '../../../shared/protocol/preview-channel.ts';
import type { PreviewPlace } from '../addresses.ts';

/** What a page of the task could have put into this origin's cache must not let it leave its sandbox in a tab of its own. */
const SANDBOX_TOKENS = new Set(['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups', 'allow-modals', 'allow-downloads', 'allow-pointer-lock', 'allow-presentation', 'allow-orientation-lock']);
const KEPT: readonly string[] = [PREVIEW_PATHS.bootstrap, PREVIEW_PATHS.bootstrapScript, PREVIEW_PATHS.client, PREVIEW_PATHS.workerClient, PREVIEW_PATHS.prepare, PREVIEW_PATHS.connect];

interface Page {
  headers: Headers;
  bytes: ArrayBuffer;
}

export class OwnPages {
  private readonly place: PreviewPlace;
  private readonly copies = new KeptCopies('terrarium-preview-1');
  private bootstrap: Promise<Page> | undefined;
  private client: Promise<string> | undefined;
  private workerClient: Promise<string> | undefined;

  constructor(place: PreviewPlace) {
    this.place = place;
  }

  /** The page that connects, waits for a server, and then loads what was asked for. */
  async bootstrapPage(): Promise<Response> {
    const { headers, bytes } = await this.fetched();
    return new Response(bytes, { headers });
  }

  /** The client script with what it has to know in front. */
  async clientScript(cookies: string[]): Promise<Response> {
    this.client ??= this.copies.fresh(PREVIEW_PATHS.client, background).then(textOf);
    this.client.catch(() => { this.client = undefined; });
    const boot: ClientBoot = { v: 1, ...this.place, cookies };
    const text = `self.__terrariumPreview=${JSON.stringify(boot).replaceAll('<', '\\u003c')};\n${await this.client}`;
    return new Response(text, { headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'cross-origin' } });
  }

  /** What stands before a worker's own script; nothing where it cannot be had, since a worker that is not watched still has to run. */
  async workerPrelude(): Promise<string> {
    this.workerClient ??= this.copies.fresh(PREVIEW_PATHS.workerClient, background).then(textOf);
    this.workerClient.catch(() => { this.workerClient = undefined; });
    return this.workerClient.catch(() => '');
  }

  /** The `sandbox` directive of our pages, which the task's pages get as well: it has to hold in a tab of its own. */
  async sandboxPolicy(): Promise<string> {
    // Without the server's word the strictest one that a page works in.
    const policy = await this.fetched().then(({ headers }) => headers.get('content-security-policy') ?? '', () => '');
    const directive = policy.split(';').map((part) => part.trim()).find((part) => /^sandbox(\s|$)/.test(part)) ?? 'sandbox allow-scripts allow-same-origin';
    return ['sandbox', ...directive.split(/\s+/).filter((token) => SANDBOX_TOKENS.has(token))].join(' ');
  }

  /** One of our files, as a page asks for it. */
  file(request: Request, keep: (work: Promise<unknown>) => void): Promise<Response> {
    return this.copies.fresh(request, keep);
  }

  /** Brings what a start with the server away needs; for when nobody waits. */
  keep(): Promise<void> {
    return this.copies.keepOnly(KEPT);
  }

  private fetched(): Promise<Page> {
    this.bootstrap ??= this.copies.fresh(PREVIEW_PATHS.bootstrap, background).then(pageOf);
    this.bootstrap.catch(() => { this.bootstrap = undefined; });
    return this.bootstrap;
  }
}

/** Storing a small copy goes on beside the event that asked for it. */
const background = (work: Promise<unknown>): void => void work;

/** Read to its end: the body of a response that waits goes with the server's connection. */
async function pageOf(response: Response): Promise<Page> {
  if (!response.ok) throw new Error(`The bootstrap page answered ${response.status}.`);
  return { headers: response.headers, bytes: await response.arrayBuffer() };
}

async function textOf(response: Response): Promise<string> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}.`);
  return response.text();
}
