/**
 * What this page tells the others, until the server has taken it and a while longer (server/channels/SPEC.md, D1, D4, B2, B3).
 *
 *     waiting -> under way -> kept (the last ones, for a server that has forgotten)
 */
import type { ConsoleRecord } from '../../shared/protocol/activity.ts';
import { PAGE_WINDOW } from '../../shared/protocol/channels.ts';

export type RecordData = { kind: 'console' | 'network' | 'route_change' | 'performance'; record: { port: number; time: number } };

export interface OutboxItem {
  n: number;
  channel: 'logs' | 'preview';
  data: RecordData & { again?: true };
  bytes: number;
}

export interface OutboxLimits {
  waiting: { records: number; bytes: number };
  kept: { records: number; bytes: number };
}

const LIMITS: OutboxLimits = { waiting: { records: 1000, bytes: 2 * 1024 * 1024 }, kept: { records: 500, bytes: 1024 * 1024 } };

export class Outbox {
  readonly #limits: OutboxLimits;
  #last = 0;
  #epoch: string | undefined;
  #waiting: OutboxItem[] = [];
  #underWay: OutboxItem[] = [];
  #kept: OutboxItem[] = [];
  /** Takes the place of what was dropped, at the head of what waits. */
  #gap: OutboxItem | undefined;
  #send: ((item: OutboxItem) => void) | undefined;

  constructor(limits: OutboxLimits = LIMITS) {
    this.#limits = limits;
  }

  add(channel: OutboxItem['channel'], data: RecordData): void {
    this.#waiting.push({ n: ++this.#last, channel, data, bytes: bytesOf(data) });
    while (exceeds(this.#waiting, this.#limits.waiting)) this.#dropOldest();
    this.#pump();
  }

  /** The server says hello back: `taken` is the last that it has; another epoch has forgotten all. */
  connected(epoch: string, taken: number, send: (item: OutboxItem) => void): void {
    const forgotten = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#epoch = epoch;
    const again = forgotten ? this.#kept.map((item) => ({ ...item, data: { ...item.data, again: true as const } })) : [];
    if (forgotten) this.#kept = [];
    this.#waiting = [...again, ...this.#underWay, ...this.#waiting];
    this.#underWay = [];
    this.#send = send;
    this.#keep(this.#waiting.filter(({ n }) => n <= taken));
    this.#waiting = this.#waiting.filter(({ n }) => n > taken);
    this.#pump();
  }

  disconnected(): void {
    this.#send = undefined;
  }

  taken(n: number): void {
    this.#keep(this.#underWay.filter((item) => item.n <= n));
    this.#underWay = this.#underWay.filter((item) => item.n > n);
    this.#pump();
  }

  #keep(items: OutboxItem[]): void {
    this.#kept.push(...items);
    while (exceeds(this.#kept, this.#limits.kept)) this.#kept.shift();
  }

  #pump(): void {
    while (this.#send !== undefined && this.#underWay.length < PAGE_WINDOW.records) {
      const next = this.#gap ?? this.#waiting[0];
      if (next === undefined || (this.#underWay.length > 0 && sum(this.#underWay) + next.bytes > PAGE_WINDOW.bytes)) return;
      if (next === this.#gap) this.#gap = undefined;
      else this.#waiting.shift();
      this.#underWay.push(next);
      this.#send(next);
    }
  }

  #dropOldest(): void {
    const dropped = this.#waiting.shift();
    if (dropped === undefined) return;
    const count = (this.#gap === undefined ? 0 : (this.#gap.data.record as ConsoleRecord & { kind: 'gap' }).count) + 1;
    const record = { kind: 'gap', count, port: dropped.data.record.port, time: dropped.data.record.time } as const;
    this.#gap = { n: dropped.n, channel: 'logs', data: { kind: 'console', record }, bytes: 200 };
  }
}

const encoder = new TextEncoder();
const bytesOf = (data: RecordData): number => encoder.encode(JSON.stringify(data)).length + 100;
const sum = (items: OutboxItem[]): number => items.reduce((total, { bytes }) => total + bytes, 0);
const exceeds = (items: OutboxItem[], limits: { records: number; bytes: number }): boolean => items.length > limits.records || (items.length > 1 && sum(items) > limits.bytes);
