/** One request and its answer, both streamed (SPEC BP2, BP10, BP11). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { TerrariumError } from '../../shared/errors/error.ts';
import { answerHeaders } from './headers.ts';
import type { ProxyLimits } from './limits.ts';

export interface Exchange {
  dispatcher: Dispatcher;
  request: IncomingMessage;
  response: ServerResponse;
  headers: string[];
  body: Readable | null;
  /** What is added to an answer with these fields. */
  added(answer: readonly string[]): string[];
  limits: Pick<ProxyLimits, 'answerBytes' | 'answerMs'>;
}

export interface Outcome {
  status: number;
  /** Of the answer's body. */
  bytes: number;
  /** Why the answer was broken off. */
  broken: TerrariumError | undefined;
}

/** The client has closed its request. */
export class ClientGone extends Error {}

/** Resolves when the answer is over. @throws {TerrariumError} 1230, 1231, 1234, 1235, 1239 while nothing of it was sent, {ClientGone} */
export function exchange({ dispatcher, request, response, headers, body, added, limits }: Exchange): Promise<Outcome> {
  const { method = 'GET', url = '/' } = request;
  return new Promise<Outcome>((resolve, reject) => {
    let stop: ((reason: Error) => void) | undefined;
    let bytes = 0;
    let status = 0;
    const onClose = () => {
      if (!response.writableFinished) stop?.(new ClientGone());
    };
    response.once('close', onClose);

    function fail(reason: Error): void {
      response.off('close', onClose);
      body?.destroy();
      const error = explained(reason, limits);
      if (!response.headersSent || error instanceof ClientGone) return reject(error);
      // A client that got a part must not take it for the whole.
      response.destroy();
      resolve({ status, bytes, broken: error });
    }

    body?.once('error', (error) => stop?.(error));
    dispatcher.dispatch({ method: method as Dispatcher.HttpMethod, path: url, headers, body }, {
      onRequestStart(controller) {
        stop = (reason) => controller.abort(reason);
        if (response.destroyed) stop(new ClientGone());
      },
      onResponseStart(controller, code, _headers, message) {
        // Informational (RFC 9110, 15.2): the answer is yet to come.
        if (code < 200) return;
        status = code;
        const answer = answerHeaders(rawOf(controller.rawHeaders));
        const length = lengthOf(answer);
        if (length > limits.answerBytes && method !== 'HEAD') return controller.abort(TerrariumError.of('E-TERRARIUM-1235', { limit: limits.answerBytes }));
        response.on('drain', () => controller.resume());
        response.writeHead(code, message, [...answer, ...added(answer)]);
        // A stream of events is read from its first byte on, which may come late.
        if (length === 0 || Number.isNaN(length)) response.flushHeaders();
      },
      onResponseData(controller, chunk) {
        bytes += chunk.length;
        if (bytes > limits.answerBytes) return controller.abort(TerrariumError.of('E-TERRARIUM-1235', { limit: limits.answerBytes }));
        if (!response.write(chunk)) controller.pause();
      },
      onResponseEnd() {
        response.off('close', onClose);
        response.end();
        resolve({ status, bytes, broken: undefined });
      },
      onResponseError: (_controller, error) => fail(error),
    });
  });
}

function explained(error: Error, { answerMs }: { answerMs: number }): TerrariumError | ClientGone {
  if (error instanceof TerrariumError || error instanceof ClientGone) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return TerrariumError.of('E-TERRARIUM-1231', { seconds: answerMs / 1000 });
  return TerrariumError.of('E-TERRARIUM-1230');
}

/** Fields as they came, byte for byte. */
function rawOf(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  return Array.isArray(raw) ? raw.map((part: Buffer | string) => (typeof part === 'string' ? part : part.toString('latin1'))) : [];
}

/** `NaN` where none is said. */
function lengthOf(headers: readonly string[]): number {
  for (let at = 0; at + 1 < headers.length; at += 2) if (headers[at]?.toLowerCase() === 'content-length') return Number(headers[at + 1]);
  return NaN;
}
