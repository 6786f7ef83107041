import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ThreadStart } from '../abi/thread.ts';
import type { ToThread } from '../node/protocol.ts';
import { ThreadPool } from './thread-pool.ts';

/** In place of the browser's, which Node does not have: keeps what it is told. */
class ToldWorker {
  static readonly made: ToldWorker[] = [];
  readonly told: ToThread[] = [];
  constructor() {
    ToldWorker.made.push(this);
  }
  postMessage(message: ToThread): void {
    this.told.push(message);
  }
  terminate(): void {}
}

const told = () => ToldWorker.made.map((worker) => worker.told.map((message) => (message.type === 'preload' ? message.preload : message.type)).join(' '));
const makeAll = () => vi.advanceTimersByTime(1000);
let pool: ThreadPool;
let threadId = 0;

function launch({ execArgv = [], worker = false }: { execArgv?: string[]; worker?: boolean } = {}): void {
  const start = { threadId: ++threadId, image: { execArgv, env: {} }, ...(worker ? { worker: {} } : {}) } as unknown as ThreadStart;
  pool.launch(start);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', ToldWorker);
  ToldWorker.made.length = 0;
  const { port1 } = new MessageChannel();
  port1.close();
  pool = new ThreadPool({ script: '', transform: '', plan: '', library: new SharedArrayBuffer(0), origin: '', session: '', spares: { starting: 4, servers: 2, later: 1 }, introduce: () => port1, onFailure: () => {} });
});
afterEach(() => {
  pool.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('spares whose program is about to come run nothing ahead', () => {
  makeAll();
  launch();
  launch({ worker: true });
  expect(told()).toEqual(['prepare start', 'prepare start', 'prepare', 'prepare']);
});

test('while the container waits for its client they do, the first ones most', () => {
  makeAll();
  pool.preload();
  launch({ worker: true });
  launch();
  expect(told()).toEqual(['prepare servers start', 'prepare servers', 'prepare modules start', 'prepare modules']);
});

test('spares that are made while it waits do as well, and those after the first program not', () => {
  pool.preload();
  vi.advanceTimersByTime(100);
  launch();
  makeAll();
  expect(told()).toEqual(['prepare servers start', 'prepare servers', 'prepare', 'prepare']);
});

test('a program whose options the library reads as it runs gets a thread that has run nothing', () => {
  makeAll();
  pool.preload();
  launch({ execArgv: ['--input-type=module'] });
  expect(told()).toEqual(['prepare servers', 'prepare servers', 'prepare modules', 'prepare modules', 'prepare start']);
});
