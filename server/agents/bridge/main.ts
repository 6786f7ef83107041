/** Entry of `npx terrarium mcp`. Standard output belongs to the protocol: everything for people goes to standard error. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { bridge, connectServer, readSettings, UsageError } from './bridge.ts';

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env);
  const near = new StdioServerTransport();
  // The transport does not notice the end of its input.
  process.stdin.once('end', () => void near.close());
  await bridge(near, connectServer(settings), (problem) => console.error(`terrarium mcp: ${problem}`));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exit(1);
  },
);
