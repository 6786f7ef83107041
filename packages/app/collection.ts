/** Records of one collection, and a live query of them. */
import type { Collection, Fields, Item } from './types.d.ts';
import { call, SandboxError } from './sandbox.ts';

type Change<T extends Fields> = { kind: 'snapshot'; records: Item<T>[] } | { kind: 'put'; record: Item<T> } | { kind: 'remove'; id: string };

/** Before a broken live query is opened again, in milliseconds: doubled with each failure. */
const FIRST_WAIT = 500;
const LAST_WAIT = 15_000;

const json = (method: string, body: unknown): RequestInit => ({ method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

export function appData<T extends Fields = Record<string, unknown>>(collection: string): Collection<T> {
  const root = `/data/${encodeURIComponent(collection)}`;
  const at = (id: string) => `${root}/${encodeURIComponent(id)}`;
  const item = async (answer: Promise<Response>): Promise<Item<T>> => (await (await answer).json()) as Item<T>;
  return {
    list: async () => ((await (await call(root)).json()) as { records: Item<T>[] }).records,
    get: (id) => item(call(at(id))),
    create: (fields) => item(call(root, json('POST', fields))),
    update: (id, fields) => item(call(at(id), json('PATCH', fields))),
    remove: async (id) => void (await call(at(id), { method: 'DELETE' })),
    subscribe: (onItems, onError = () => undefined) => subscribe<T>(root, onItems, onError),
  };
}

function subscribe<T extends Fields>(root: string, onItems: (items: Item<T>[]) => void, onError: (error: SandboxError) => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const records = new Map<string, Item<T>>();
  const take = (change: Change<T>): void => {
    if (change.kind === 'remove') records.delete(change.id);
    else if (change.kind === 'put') records.set(change.record.id, change.record);
    else {
      records.clear();
      for (const record of change.records) records.set(record.id, record);
    }
    if (!signal.aborted) onItems([...records.values()]);
  };
  const follow = async (): Promise<void> => {
    for (let wait = FIRST_WAIT; !signal.aborted; wait = Math.min(wait * 2, LAST_WAIT)) {
      try {
        const response = await call(root, { headers: { accept: 'text/event-stream' }, signal });
        for await (const change of changes<T>(response)) {
          take(change);
          wait = FIRST_WAIT;
        }
      } catch (error) {
        if (signal.aborted) return;
        onError(error instanceof SandboxError ? error : new SandboxError('The connection to the server broke.', { code: undefined, status: 0 }));
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  void follow();
  return () => abort.abort();
}

/** The data of Server-Sent Events, each on one line (WHATWG HTML, 9.2.6). */
async function* changes<T extends Fields>(response: Response): AsyncGenerator<Change<T>> {
  const reader = (response.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>()).pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice(6)) as Change<T>;
  }
}
