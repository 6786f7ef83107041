import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { HeaderList } from '../../../../shared/protocol/preview-channel.ts';
import { NetNetwork } from '../testing/net-duplex.ts';
import { HttpClient, type Exchange, type RequestBody } from './client.ts';
import type { ResponseHead } from './llhttp.ts';

const PORT = 3000;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function start(server: net.Server): Promise<{ client: HttpClient; network: NetNetwork }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const network = new NetNetwork();
  network.listen(PORT, (server.address() as AddressInfo).port);
  const client = new HttpClient(network);
  closers.push(() => {
    client.close();
    server.close();
  });
  return { client, network };
}

const serve = (handler: http.RequestListener) => start(http.createServer(handler));
/** A server that says exactly these bytes to the first request of each connection. */
const say = (...parts: string[]) =>
  start(
    net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        for (const part of parts) socket.write(part, 'latin1');
        socket.end();
      });
    }),
  );

interface Answer {
  head: ResponseHead;
  body: string;
  trailers: HeaderList;
}

function exchange(
  client: HttpClient,
  method: string,
  options: { target?: string; headers?: HeaderList; body?: RequestBody; write?: (exchange: Exchange) => void } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let head: ResponseHead | undefined;
    const chunks: Uint8Array[] = [];
    const started = client.request(
      PORT,
      { method, target: options.target ?? '/', headers: [['Host', 'localhost'], ...(options.headers ?? [])] },
      options.body ?? 'none',
      {
        head: (value) => (head = value),
        body: (bytes) => {
          chunks.push(bytes);
          started?.acknowledge(bytes.length);
        },
        complete: (trailers) => {
          if (head) resolve({ head, body: Buffer.concat(chunks).toString(), trailers });
        },
        upgrade: () => reject(new Error('upgrade')),
        failed: (reason, message) => reject(new Error(`${reason}: ${message}`)),
        drain: () => undefined,
      },
    );
    if (!started) reject(new Error('not listening'));
    else options.write?.(started);
  });
}


describe('HTTP client of the gateway', () => {
  test('[GW1] reads status, reason, headers in order and as written, and a body with a length', async () => {
    const { client } = await serve((_, response) => {
      response.writeHead(201, 'Made', [['X-One', '1'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['Content-Length', '2']].flat());
      // As bytes: Node writes the head of a text body in the text's encoding, not in Latin-1.
      response.end(Buffer.from('ok'));
    });
    const answer = await exchange(client, 'GET');
    expect(answer.head.status).toBe(201);
    expect(answer.head.statusText).toBe('Made');
    expect(answer.head.headers.slice(0, 3)).toEqual([['X-One', '1'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']]);
    expect(answer.body).toBe('ok');
  });

  test('[GW1] reads a chunked body with trailers', async () => {
    const { client } = await serve((_, response) => {
      response.writeHead(200, { Trailer: 'X-Sum', 'Transfer-Encoding': 'chunked' });
      response.write('one ');
      response.write('two');
      response.addTrailers({ 'X-Sum': '7' });
      response.end();
    });
    const answer = await exchange(client, 'GET');
    expect(answer.body).toBe('one two');
    expect(answer.trailers).toEqual([['X-Sum', '7']]);
  });

  test('[GW1] a body without framing runs until the server closes', async () => {
    const { client } = await say('HTTP/1.1 200 OK\r\n\r\n', 'all', ' of it');
    expect((await exchange(client, 'GET')).body).toBe('all of it');
  });

  test.each([
    ['HEAD', 200, { 'Content-Length': '10' }],
    ['GET', 204, {}],
    ['GET', 304, { 'Content-Length': '10' }],
  ])('[GW1] %s %d has no body and the connection goes on', async (method, status, headers) => {
    const { client, network } = await serve((_, response) => void response.writeHead(status, headers).end());
    expect((await exchange(client, method)).body).toBe('');
    expect((await exchange(client, method)).head.status).toBe(status);
    expect(network.connections).toBe(1);
  });

  test('[GW1] skips interim responses', async () => {
    const { client } = await say('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', 'hi');
    const answer = await exchange(client, 'GET');
    expect(answer.head.status).toBe(200);
    expect(answer.head.headers).toEqual([['Content-Length', '2']]);
    expect(answer.body).toBe('hi');
  });

  test('[GW2] sends a body with a length, and one in chunks', async () => {
    const { client } = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end(`${request.headers['content-length']} ${request.headers['transfer-encoding']} ${Buffer.concat(chunks).toString()}`));
    });
    const write = (started: Exchange) => {
      started.writeBody(new TextEncoder().encode('abc'));
      started.writeBody(new TextEncoder().encode('def'));
      started.endBody();
    };
    const known = await exchange(client, 'POST', { headers: [['Content-Length', '6']], body: 'length', write });
    expect(known.body).toBe('6 undefined abcdef');
    const streamed = await exchange(client, 'POST', { headers: [['Transfer-Encoding', 'chunked']], body: 'chunked', write });
    expect(streamed.body).toBe('undefined chunked abcdef');
  });

  test('[GW3] keeps a connection for the next request, and not when the server says close', async () => {
    const { client, network } = await serve((request, response) => {
      if (request.url === '/close') response.setHeader('Connection', 'close');
      response.end('x');
    });
    await exchange(client, 'GET');
    await exchange(client, 'GET', { target: '/close' });
    expect(network.connections).toBe(1);
    await exchange(client, 'GET');
    expect(network.connections).toBe(2);
  });

  test('[GW3] repeats a safe request once on a new connection when the kept one was closed unanswered', async () => {
    let connection = 0;
    const { client, network } = await start(
      net.createServer((socket) => {
        const first = connection++ === 0;
        let requests = 0;
        socket.on('data', () => {
          if (first && requests++ === 1) socket.destroy();
          else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny');
        });
      }),
    );
    await exchange(client, 'GET');
    expect((await exchange(client, 'GET')).body).toBe('y');
    expect(network.connections).toBe(2);
  });

  test('[GW3] does not repeat a POST', async () => {
    let requests = 0;
    const { client } = await start(
      net.createServer((socket) => {
        socket.on('data', () => {
          if (requests++ === 1) socket.destroy();
          else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny');
        });
      }),
    );
    await exchange(client, 'GET');
    await expect(exchange(client, 'POST')).rejects.toThrow('reset');
  });

  test('[GW4] an answer that is no HTTP fails, a body cut short fails, a closed connection fails', async () => {
    const garbage = await say('SSH-2.0-OpenSSH\r\n\r\n');
    await expect(exchange(garbage.client, 'GET')).rejects.toThrow('bad-response');
    const short = await say('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort');
    await expect(exchange(short.client, 'GET')).rejects.toThrow('bad-response');
    const closed = await say();
    await expect(exchange(closed.client, 'GET')).rejects.toThrow('reset');
  });

  test('[GW4] endless headers fail', async () => {
    const { client } = await say('HTTP/1.1 200 OK\r\n', `X-Long: ${'a'.repeat(300_000)}\r\n\r\n`);
    await expect(exchange(client, 'GET')).rejects.toThrow('bytes of headers');
  });

  test('[GW5] the server stops when the body is not acknowledged, and goes on when it is', async () => {
    let written = 0;
    let finished = false;
    const total = 64 * 1024 * 1024;
    const { client } = await serve((_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const pump = () => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', pump);
        }
        finished = true;
        response.end();
      };
      pump();
    });
    let received = 0;
    let open = false;
    const done = new Promise<void>((resolve, reject) => {
      const started = client.request(PORT, { method: 'GET', target: '/', headers: [['Host', 'x']] }, 'none', {
        head: () => undefined,
        body: (bytes) => {
          received += bytes.length;
          if (open) started?.acknowledge(bytes.length);
        },
        complete: () => resolve(),
        upgrade: () => undefined,
        failed: (_, message) => reject(new Error(message)),
        drain: () => undefined,
      });
      const look = () => {
        // The window is full, and the socket's own buffers with it.
        if (received < 256 * 1024) return void setImmediate(look);
        expect(finished).toBe(false);
        open = true;
        started?.acknowledge(received);
      };
      look();
    });
    await done;
    expect(received).toBe(total);
  });

  test('[GW6] aborting closes the connection', async () => {
    const closed = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const { client } = await serve((_, response) => {
      response.on('close', closed.resolve);
      response.write('x');
      reached.resolve();
    });
    const nothing = () => undefined;
    const started = client.request(PORT, { method: 'GET', target: '/', headers: [['Host', 'x']] }, 'none', {
      head: nothing, body: nothing, complete: nothing, upgrade: nothing, drain: nothing,
      failed: () => expect.unreachable('an aborted exchange says nothing'),
    });
    await reached.promise;
    started?.abort();
    await closed.promise;
  });
});
