import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestMember } from '../channels/testing-client.ts';
import { freePort, startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';

interface Answer {
  records: { cursor: number; author: { id: string; name: string }; record: { args: { preview: string }[] } }[];
  next: number;
  missed: boolean;
}
interface Heard {
  id?: string;
  event?: string;
  data?: string;
}

let server: TestServer;
let id: string;
let member: TestMember;
const aborted = new AbortController();

beforeEach(async () => {
  const port = await freePort();
  server = await startTestServer({ port });
  await server.listen();
  id = await server.create();
  member = await TestMember.enter(port, id, { name: 'Ann' });
});
afterEach(async () => {
  member.socket.terminate();
  await server.dispose();
});

async function log(from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) member.log(n, String(n));
  await member.first('taken', ({ data }) => data.n >= to);
}
const read = async (query = ''): Promise<Answer> => (await (await server.api(`/api/environments/${id}/console${query}`)).json()) as Answer;
const texts = ({ records }: Answer) => records.map(({ record }) => record.args[0]?.preview);

/** Events of a stream, as they come. */
async function* events(response: Response): AsyncGenerator<Heard> {
  let text = '';
  if (response.body === null) return;
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
      if ('event' in fields) yield fields;
    }
  }
}
const listen = (headers: Record<string, string> = {}) => server.api(`/api/environments/${id}/console`, { headers: { accept: 'text/event-stream', ...headers }, signal: aborted.signal });
async function take(stream: AsyncGenerator<Heard>, count: number): Promise<Heard[]> {
  const taken: Heard[] = [];
  while (taken.length < count) {
    const { value, done } = await stream.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

test('JSON: the newest, then what came after a cursor, with whose preview it was', async () => {
  await log(1, 5);
  const newest = await read('?limit=2');
  expect(texts(newest)).toEqual(['4', '5']);
  expect(newest.records[0]?.author).toMatchObject({ id: 'owner', name: 'Ann' });
  expect(texts(await read(`?after=${newest.next}`))).toEqual([]);
  await log(6, 7);
  expect(texts(await read(`?after=${newest.next}&limit=1`))).toEqual(['6']);
  const all = await read();
  expect(texts(await read(`?after=${all.records[0]?.cursor}&limit=2`))).toEqual(['2', '3']);
});

test('events go on, and a client that comes back with the last id misses none and hears none twice', async () => {
  await log(1, 2);
  const first = events(await listen());
  const heard = await take(first, 2);
  await log(3, 3);
  heard.push(...(await take(first, 1)));
  expect(heard.map(({ event }) => event)).toEqual(['console', 'console', 'console']);
  await first.return(undefined);
  await log(4, 5);
  const again = events(await listen({ 'last-event-id': heard.at(-1)?.id ?? '' }));
  const rest = await take(again, 2);
  expect([...heard, ...rest].map(({ data }) => (JSON.parse(data ?? '') as Answer['records'][0]).record.args[0]?.preview)).toEqual(['1', '2', '3', '4', '5']);
  await again.return(undefined);
});

test('what is no longer kept is said', async () => {
  await log(1, 1);
  const [first] = (await read()).records;
  for (let n = 2; n <= 2050; n += 64) await log(n, n + 63);
  expect((await read(`?after=${first?.cursor}`)).missed).toBe(true);
  const stream = events(await listen({ 'last-event-id': String(first?.cursor) }));
  expect((await take(stream, 2)).map(({ event }) => event)).toEqual(['missed', 'console']);
  await stream.return(undefined);
});

test('a stream too many is refused with a code, and one that ends makes room', async () => {
  const streams = await Promise.all(Array.from({ length: 64 }, () => listen()));
  const refused = await listen();
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: { code: 'E-TERRARIUM-1365' } });
  await streams[0]?.body?.cancel();
  expect((await listen()).status).toBe(200);
});

test('a server that stops ends its streams', async () => {
  const other = await startTestServer();
  const stream = events(await other.api(`/api/environments/${await other.create()}/console`, { headers: { accept: 'text/event-stream' } }));
  await other.dispose();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test.each([['after=-1'], ['after=x'], ['limit=0'], ['limit=5000']])('%s is refused', async (query) => {
  const response = await server.api(`/api/environments/${id}/console?${query}`);
  expect(response.status).toBe(422);
});
