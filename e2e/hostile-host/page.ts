/** The app's side, as the real page has it: its own client of the broker, with a secret in its storage and a cookie. */
import { ContainerClient } from '../../app/container/client.ts';
import { describeError } from '../../app/state/describe-error.ts';
import { origins } from '../../shared/hosts.ts';

localStorage.setItem('secret', 'secret-of-the-app');
document.cookie = 'session=secret-of-the-app';

const outcome: { boot?: unknown; events: string[]; done: boolean } = { events: [], done: false };
Object.assign(globalThis, { outcome });

async function run(): Promise<void> {
  const client = await ContainerClient.connect(origins(location.origin).broker('victim'), AbortSignal.timeout(20_000));
  for (const event of ['port', 'server-ready', 'preview-message', 'error', 'code', 'xdg-open'] as const) {
    client.on(event, (value) => outcome.events.push(`${event} ${JSON.stringify(value)}`));
  }
  outcome.boot = await client.boot({ workdirName: 'project' }).catch(describeError);
  outcome.done = true;
}

void run();
