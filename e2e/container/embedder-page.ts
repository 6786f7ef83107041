/** A page of somebody else that uses the unmodified client library; the test drives it from outside. */
import { WebContainer, type WebContainerProcess } from '@webcontainer/api';

export interface Finished {
  code: number;
  output: string;
}

const params = new URLSearchParams(location.search);
Object.assign(globalThis, { WEBCONTAINER_API_IFRAME_URL: params.get('host') });
const coep = params.get('coep');

/** Runs a command to its end. */
async function run(container: WebContainer, command: string, args: string[] = [], options: { env?: Record<string, string>; cwd?: string; input?: string; terminal?: { cols: number; rows: number } } = {}): Promise<Finished> {
  const { input, ...rest } = options;
  const process = await container.spawn(command, args, rest);
  const output = collect(process);
  if (input !== undefined) await write(process, input);
  const code = await process.exit;
  return { code, output: await output };
}

async function write(process: WebContainerProcess, text: string): Promise<void> {
  const writer = process.input.getWriter();
  await writer.write(text);
  writer.releaseLock();
}

async function collect(process: WebContainerProcess): Promise<string> {
  let text = '';
  await process.output.pipeTo(new WritableStream({ write: (chunk) => void (text += chunk) }));
  return text;
}

const tools = {
  run, write, collect,
  boot: (options: Parameters<typeof WebContainer.boot>[0] = {}) => WebContainer.boot({ workdirName: 'project', ...(coep === null ? {} : { coep: coep as 'require-corp' }), ...options }),
};
export type EmbedderTools = typeof tools;
Object.assign(globalThis, { terrarium: tools });
document.title = 'ready';
