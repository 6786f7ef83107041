/** The page's end of the container's tunnel: messages and bytes as lines of a program. The container is hostile: what it says is parsed and counted (SPEC HL30, HL31). */
import { dataLine, fromContainerSchema, MAX_MESSAGE, parseDataLine, parseMessage, STREAM_WINDOW, TUNNEL_COMMAND } from '../../shared/protocol/host-link.ts';
import type { Data, FromContainer, ToContainer } from '../../shared/protocol/host-link.ts';
import { BoundedLines } from '../../shared/protocol/lines.ts';
import type { ContainerClient } from '../container/client.ts';
import type { ContainerProcess } from '../container/process.ts';

export interface TunnelEvents {
  message(message: FromContainer): void;
  data(data: Data): void;
  /** It has ended, or has broken the protocol; streams that were open get no answer. */
  ended(open: number[]): void;
}

/** What is known of a stream that the server opened: bytes that the container may still send, and what its end waits for. */
interface Open {
  allowance: number;
  /** Ends of a program that have not come: its exit, and the end of its output. */
  left: number;
}

export class Tunnel {
  private readonly process: ContainerProcess;
  private readonly events: TunnelEvents;
  private readonly open = new Map<number, Open>();
  private over = false;

  constructor(process: ContainerProcess, events: TunnelEvents) {
    this.process = process;
    this.events = events;
    void this.listen();
  }

  static async start(container: Pick<ContainerClient, 'spawn'>, events: TunnelEvents): Promise<Tunnel> {
    return new Tunnel(await container.spawn(TUNNEL_COMMAND), events);
  }

  send(message: ToContainer): void {
    if (this.over) return;
    if (OPENING.has(message.t)) this.open.set(message.id, { allowance: STREAM_WINDOW, left: message.t === 'run' ? 2 : 1 });
    const stream = this.open.get(message.id);
    if (stream === undefined) return;
    if (message.t === 'credit') stream.allowance += message.bytes;
    if (message.t === 'cancel') this.open.delete(message.id);
    this.process.write(`${JSON.stringify(message)}\n`);
  }

  sendData(data: Data): void {
    if (!this.over && this.open.has(data.id)) this.process.write(`${dataLine(data)}\n`);
  }

  close(): void {
    this.process.kill();
    this.end();
  }

  private async listen(): Promise<void> {
    const lines = new BoundedLines(MAX_MESSAGE);
    try {
      for await (const piece of this.process.output) {
        for (const line of lines.push(piece)) if (!this.receive(line)) return this.close();
      }
    } catch {
      // A line without end, or a container that is gone: either way this tunnel is of no more use.
      this.process.kill();
    }
    this.end();
  }

  /** False for what is none of the protocol, or beyond what was granted. */
  private receive(line: string): boolean {
    if (this.over) return true;
    if (line.startsWith('=')) return this.receiveData(parseDataLine(line));
    const message = parseMessage(fromContainerSchema, line);
    if (message === undefined) return false;
    const stream = this.open.get(message.id);
    if (stream === undefined) return true;
    if (isOver(message)) stream.left -= message.t === 'failed' ? 2 : 1;
    if (stream.left <= 0) this.open.delete(message.id);
    this.events.message(message);
    return true;
  }

  private receiveData(data: Data | undefined): boolean {
    if (data === undefined) return false;
    const stream = this.open.get(data.id);
    if (stream === undefined) return true;
    stream.allowance -= data.bytes.length;
    if (stream.allowance < 0) return false;
    this.events.data(data);
    return true;
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    const open = [...this.open.keys()];
    this.open.clear();
    this.events.ended(open);
  }
}

const OPENING: ReadonlySet<ToContainer['t']> = new Set<ToContainer['t']>(['request', 'socket', 'run', 'ports', 'processes']);
const LAST: ReadonlySet<FromContainer['t']> = new Set<FromContainer['t']>(['end', 'exit', 'closed', 'failed', 'ports', 'processes']);

const isOver = (message: FromContainer): boolean => LAST.has(message.t) || (message.t === 'head' && !message.body);
