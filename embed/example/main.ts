/** `npm run example:embed -- <task> <token> [server]`: the example beside a running server, on a port of its own. */
import { serveExample } from './serve.ts';

const PORT = 4010;

const [taskId, token, server = 'http://localhost:4000'] = process.argv.slice(2);
if (taskId === undefined || token === undefined) {
  console.error(`Usage: npm run example:embed -- <task> <token> [server]\nMake the token in the share dialog of an environment, for pages of http://127.0.0.1:${PORT}.`);
  process.exitCode = 1;
} else {
  const example = await serveExample({ port: PORT, placed: () => ({ server, taskId, token }) });
  console.log(`The example is at ${example.origin}`);
}
