/** The page's way to the container: a hidden frame of the host's origin passes a MessagePort on (preview-channel.ts, (1)). */
import type { ConnectMessage, RefusalReason, RelayMessage } from '../../../shared/protocol/preview-channel.ts';

const RELAY_PATH = '/relay';
/** The relay, or the container behind it, answers within this, or is asked again. */
const ANSWER_MS = 4000;

export interface RelayEvents {
  /** Nobody runs the container (yet); asked again by itself when somebody does. */
  refused(reason: RefusalReason | 'no-answer'): void;
}

export class Relay {
  private readonly origin: string;
  private readonly events: RelayEvents;
  private frame: Promise<HTMLIFrameElement> | undefined;
  private readonly answers = new Set<(message: RelayMessage) => void>();

  constructor(origin: string, events: RelayEvents) {
    this.origin = origin;
    this.events = events;
  }

  /** A port to the gateway; waits for as long as there is none to be had. */
  async connect(): Promise<MessagePort> {
    for (;;) {
      const frame = await this.open();
      const { port1, port2 } = new MessageChannel();
      const message: ConnectMessage = { v: 1, source: 'terrarium-preview', kind: 'connect' };
      const answered = this.answer();
      frame.contentWindow?.postMessage(message, this.origin, [port2]);
      const answer = await answered;
      if (answer?.kind === 'connected') return port1;
      port1.close();
      this.events.refused(answer?.kind === 'refused' ? answer.reason : 'no-answer');
      if (answer !== undefined) await this.hostReady();
    }
  }

  /** Passes the port of another tab of this preview on, as if it were this page's. */
  async pass(channel: MessagePort): Promise<void> {
    const frame = await this.open();
    const message: ConnectMessage = { v: 1, source: 'terrarium-preview', kind: 'connect' };
    frame.contentWindow?.postMessage(message, this.origin, [channel]);
  }

  private open(): Promise<HTMLIFrameElement> {
    return (this.frame ??= new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.hidden = true;
      frame.style.display = 'none';
      frame.allow = 'cross-origin-isolated';
      frame.src = this.origin + RELAY_PATH;
      frame.addEventListener('load', () => resolve(frame), { once: true });
      window.addEventListener('message', (event: MessageEvent<RelayMessage>) => {
        if (event.source !== frame.contentWindow || event.origin !== this.origin) return;
        for (const answer of this.answers) answer(event.data);
      });
      document.documentElement.append(frame);
    }));
  }

  /** The relay's answer to one question; undefined when none came. */
  private answer(): Promise<RelayMessage | undefined> {
    return this.next((message) => message.kind === 'connected' || message.kind === 'refused', ANSWER_MS);
  }

  /** Until a container starts, and now and then without being told: the message may have come before anybody listened. */
  private hostReady(): Promise<unknown> {
    return this.next((message) => message.kind === 'host-ready', ANSWER_MS);
  }

  private next(matches: (message: RelayMessage) => boolean, limit: number): Promise<RelayMessage | undefined> {
    return new Promise((resolve) => {
      const done = (message: RelayMessage | undefined): void => {
        clearTimeout(timer);
        this.answers.delete(take);
        resolve(message);
      };
      const take = (message: RelayMessage): void => {
        if (matches(message)) done(message);
      };
      const timer = setTimeout(() => done(undefined), limit);
      this.answers.add(take);
    });
  }
}
