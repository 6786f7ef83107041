/** For tests: a kernel in a thread of its own, whose one process is the test. Plain JavaScript, so that a Worker loads it anywhere. */
import { parentPort } from 'node:worker_threads';
import { FetchEgress } from '../../kernel/net/egress.ts';
import { createPipe } from '../../kernel/streams/pipe.ts';
import { spawnRequest, testKernel } from '../../kernel/process/testing.ts';

const kernel = testKernel();
kernel.network.egress = new FetchEgress({ fetch: async (url, { method }) => new Response(`${method} ${url}`, { headers: { 'x-a': '1' } }) });
const terminal = kernel.table.createTerminal({ columns: 80, rows: 24 });
const output = createPipe();
kernel.table.spawn(spawnRequest({ terminal, stdio: [terminal.slave, output.writer, terminal.slave] }));
const [start] = kernel.starts;
parentPort.postMessage({ type: 'start', channel: start.channel, events: start.events }, [start.events]);
terminal.onOutput((bytes) => parentPort.postMessage({ type: 'shown', text: new TextDecoder().decode(bytes) }));

const never = new AbortController().signal;
parentPort.on('message', (message) => {
  if (message.type === 'typed') terminal.write(message.text);
  else if (message.type === 'take') {
    void output.reader.read(message.bytes, null, never).then((bytes) => parentPort.postMessage({ type: 'taken', bytes: bytes.length }));
  } else if (message.type === 'child-reads') {
    // What the newest child finds on one of its descriptors; it answers with the same bytes.
    const child = kernel.table.list().at(-1);
    void child.descriptors.get(message.fd).read(10_000, null, never).then((bytes) => {
      parentPort.postMessage({ type: 'child-read', text: new TextDecoder().decode(bytes) });
      child.descriptors.get(message.fd).writeQueued(bytes, () => {});
    });
  } else if (message.type === 'end-children') {
    for (const process of kernel.table.list().slice(1)) kernel.table.end(process, { code: 4, signal: null });
  }
});
