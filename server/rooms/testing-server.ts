/** A server process for tests that kill it: `node testing-server.ts <folder> <port>`. Prints one line when it listens. */
import { startTestServer } from '../testing.ts';

const [root, port] = process.argv.slice(2);
if (root === undefined || port === undefined) throw new Error('Usage: testing-server.ts <folder> <port>');
const server = await startTestServer({ root, port: Number(port), baseOrigin: `http://localhost:${port}` });
await server.listen();
console.log('ready');
