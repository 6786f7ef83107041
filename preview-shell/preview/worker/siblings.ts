/** Requests of this preview's pages to other ports of their container: what a browser does between two ports of localhost. Rules P11 to P13 of ../SPEC.md. */
import type { GatewayResponse, RequestContext } from '../../../shared/protocol/preview-channel.ts';
import type { ContainerPort } from '../addresses.ts';
import { corsFault, needsPreflight, preflightFault, preflightHeaders, shownHeaders, type CorsRequest } from './cors.ts';
import { forward, ForwardFailure } from './forward.ts';
import { GatewayLink, NoGateway } from './gateway-link.ts';

export interface SiblingSurroundings {
  /** Asks a page for a way to that port; false when there is no page. */
  ask(port: number): Promise<boolean>;
  /** Says to the pages why a request failed. */
  log(message: string): void;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CURE = 'Let that server send CORS headers for this origin (Express: app.use(cors())), or let the dev server pass such requests on (Vite: server.proxy).';

export class Siblings {
  private readonly around: SiblingSurroundings;
  private readonly links = new Map<number, GatewayLink>();

  constructor(around: SiblingSurroundings) {
    this.around = around;
  }

  link(port: number): GatewayLink {
    const link = this.links.get(port) ?? new GatewayLink(() => this.around.ask(port));
    this.links.set(port, link);
    return link;
  }

  /** A page has brought a way. Several pages may have been asked: the first one's is taken. */
  attach(port: number, channel: MessagePort): void {
    const link = this.link(port);
    if (link.isConnected) channel.close();
    else link.attach(channel);
  }

  /** Answers a request to another port; one that fails, fails as in a browser: with a network error for the page and a sentence in its console. */
  async respond(request: Request, { port, loopback }: ContainerPort, page: RequestContext): Promise<Response> {
    const credentials = request.credentials === 'include' ? 'include' : 'omit';
    const context: RequestContext = { ...page, credentials, ...(loopback ? { loopback } : {}) };
    try {
      return request.mode === 'cors' ? await this.cors(request, port, context) : await this.noCors(request, port, context);
    } catch (error) {
      if (request.signal.aborted) throw error;
      if (!(error instanceof ForwardFailure || error instanceof NoGateway)) throw error;
      this.around.log(`${request.method} ${request.url} failed: ${error.message}`);
      return Response.error();
    }
  }

  private async cors(request: Request, port: number, context: RequestContext): Promise<Response> {
    const asking: CorsRequest = { method: request.method, headers: [...request.headers], origin: context.origin, withCredentials: request.credentials === 'include' };
    const refused = (what: string, fault: string): Response => {
      this.around.log(`Access to ${request.url} from origin ${context.origin} was blocked by CORS policy: ${what} ${fault}. ${CURE}`);
      return Response.error();
    };
    if (needsPreflight(asking)) {
      const { head } = await this.preflight(request, port, context, asking);
      const fault = preflightFault(asking, head.status, new Headers(head.headers));
      if (fault !== undefined) return refused('the answer to the preflight request (OPTIONS)', fault);
    }
    const { head, body } = await forward(this.link(port), request, context);
    const headers = new Headers(head.headers);
    const fault = corsFault(asking, headers);
    if (fault === undefined) return answer(head, body, withLocation(shownHeaders(asking, headers), head, headers));
    void body?.cancel();
    return refused('the answer', fault);
  }

  private async preflight(request: Request, port: number, context: RequestContext, asking: CorsRequest): ReturnType<typeof forward> {
    const question = new Request(request.url, { method: 'OPTIONS', signal: request.signal });
    const answered = await forward(this.link(port), question, { ...context, credentials: 'omit', destination: '' }, preflightHeaders(asking));
    void answered.body?.cancel();
    return answered;
  }

  /** Images, scripts and styles take what comes; `fetch` in this mode may know nothing of its answer. */
  private async noCors(request: Request, port: number, context: RequestContext): Promise<Response> {
    const { head, body } = await forward(this.link(port), request, context);
    if (request.destination !== '') return answer(head, body, new Headers(head.headers));
    void body?.cancel();
    return new Response(null);
  }
}

function withLocation(shown: Headers, { status }: GatewayResponse, headers: Headers): Headers {
  const location = headers.get('location');
  if (REDIRECTS.has(status) && location !== null) shown.set('location', location);
  return shown;
}

const answer = ({ status, statusText }: GatewayResponse, body: ReadableStream<Uint8Array> | null, headers: Headers): Response =>
  new Response(body as ReadableStream<Uint8Array<ArrayBuffer>> | null, { status, statusText, headers });
