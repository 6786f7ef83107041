/** Tells of requests whose answer broke off: the SDK's transport says of a stream that broke, and not whose it was, so that a caller would wait until its own limit. */
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { isJSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';

export function tellingFetch(lost: (requests: readonly RequestId[]) => void): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init);
    const requests = requestsOf(init?.body);
    if (requests.length === 0 || response.body === null) return response;
    return new Response(watched(response.body, () => lost(requests)), { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}

function requestsOf(body: unknown): RequestId[] {
  if (typeof body !== 'string') return [];
  return [JSON.parse(body) as unknown].flat().flatMap((message) => (isJSONRPCRequest(message) ? [message.id] : []));
}

function watched(body: ReadableStream<Uint8Array<ArrayBuffer>>, broken: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        broken();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
