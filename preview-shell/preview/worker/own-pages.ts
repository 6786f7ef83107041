/** Our own files of a preview origin, and what the server says with them about the page's sandbox. */
import { PREVIEW_PATHS, type ClientBoot } from '../../../shared/protocol/preview-channel.ts';
import type { PreviewPlace } from '../addresses.ts';

export class OwnPages {
  private readonly place: PreviewPlace;
  private bootstrap: Promise<Response> | undefined;
  private client: Promise<string> | undefined;

  constructor(place: PreviewPlace) {
    this.place = place;
  }

  /** The page that connects, waits for a server, and then loads what was asked for. */
  async bootstrapPage(): Promise<Response> {
    return (await this.fetched()).clone();
  }

  /** The client script with what it has to know in front. */
  async clientScript(cookies: string[]): Promise<Response> {
    this.client ??= fetch(PREVIEW_PATHS.client).then((response) => response.text());
    const boot: ClientBoot = { v: 1, ...this.place, cookies };
    const text = `self.__terrariumPreview=${JSON.stringify(boot).replaceAll('<', '\\u003c')};\n${await this.client}`;
    return new Response(text, { headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'cross-origin' } });
  }

  /** The `sandbox` directive of our pages, which the task's pages get as well: it has to hold in a tab of its own. */
  async sandboxPolicy(): Promise<string> {
    const policy = (await this.fetched()).headers.get('content-security-policy') ?? '';
    return policy.split(';').map((part) => part.trim()).find((part) => /^sandbox(\s|$)/.test(part)) ?? 'sandbox allow-scripts allow-same-origin';
  }

  private fetched(): Promise<Response> {
    this.bootstrap ??= fetch(PREVIEW_PATHS.bootstrap).then((response) => {
      if (!response.ok) throw new Error(`The bootstrap page answered ${response.status}.`);
      return response;
    });
    this.bootstrap.catch(() => { this.bootstrap = undefined; });
    return this.bootstrap;
  }
}
