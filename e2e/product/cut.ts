/**
 * A network between browsers and a server that a test can cut: TCP connections through a port of its own. Cut, it swallows: no byte passes in either
 * direction and nobody is told of an end, as when a cable is pulled out behind the next switch. What was open when the cut began and has lost its
 * other end meanwhile stays silent for ever.
 */
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Slowed, type Line, type Slowness } from './slow.ts';

export interface Network {
  readonly port: number;
  cut(): void;
  /** Connections that both ends still have go on where they were; new ones are made. */
  heal(): void;
  close(): Promise<void>;
}

/** @param port of the server, on the loopback address @param slowness of each direction */
export async function networkTo(port: number, slowness?: Slowness): Promise<Network> {
  const lines: [Line, Line] = [{ freeAt: 0 }, { freeAt: 0 }];
  const slowed = (): Duplex[] => (slowness === undefined ? [] : lines.map((line) => new Slowed(line, slowness)));
  const pairs = new Set<Pair>();
  let isCut = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const pair = new Pair(client, port, slowed(), () => isCut, () => pairs.delete(pair));
    pairs.add(pair);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const flow = (to: boolean): void => {
    isCut = to;
    for (const pair of pairs) pair.follow();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => flow(true),
    heal: () => flow(false),
    async close() {
      for (const pair of pairs) pair.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Pair {
  private readonly client: Socket;
  private readonly port: number;
  private readonly isCut: () => boolean;
  private readonly gone: () => void;
  /** What bytes go through there, and back. */
  private readonly there: Duplex | undefined;
  private readonly back: Duplex | undefined;
  private remote: Socket | undefined;
  /** One end went away while nobody could hear of it. */
  private lost = false;

  constructor(client: Socket, port: number, [there, back]: readonly Duplex[], isCut: () => boolean, gone: () => void) {
    this.client = client;
    this.port = port;
    this.isCut = isCut;
    this.gone = gone;
    this.there = there;
    this.back = back;
    this.watch(client);
    this.follow();
  }

  /** Passes bytes on, or none. */
  follow(): void {
    if (this.isCut()) {
      for (const part of [this.client, this.there, this.remote, this.back]) part?.pause().unpipe();
    } else if (!this.lost) {
      this.remote ??= this.connect();
      passes(this.client, this.there, this.remote);
      passes(this.remote, this.back, this.client);
    }
  }

  destroy(): void {
    for (const part of [this.client, this.there, this.remote, this.back]) part?.destroy();
    this.gone();
  }

  private connect(): Socket {
    const remote = createConnection({ port: this.port, host: '127.0.0.1', allowHalfOpen: true });
    this.watch(remote);
    return remote;
  }

  private watch(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.isCut() || this.lost) this.lost = true;
      else this.destroy();
    });
  }
}

const passes = (from: Duplex, through: Duplex | undefined, to: Duplex) => (through === undefined ? from.pipe(to) : from.pipe(through).pipe(to));
