/**
 * Chromium as a person starts it, spoken to over the DevTools protocol with nothing switched on in the pages: a driver that watches their
 * network makes each renderer keep a second copy of all that it loads, and that copy would be measured as ours.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Target {
  targetId: string;
  type: string;
  url: string;
}

export interface PlainBrowser {
  /** The tab that it starts with. */
  tab(): Promise<string>;
  navigate(targetId: string, url: string): Promise<void>;
  targets(): Promise<Target[]>;
  /** The value of an expression in a target's page, a promise waited for. Rejects when the page goes away meanwhile. */
  evaluate(targetId: string, expression: string): Promise<unknown>;
  /** Process ids by type ("renderer", "browser", …). */
  processes(): Promise<{ type: string; id: number }[]>;
  close(): Promise<void>;
}

const LISTENING = /DevTools listening on (ws:\S+)/;

export async function launchPlain(executable: string): Promise<PlainBrowser> {
  const profile = await mkdtemp(path.join(tmpdir(), 'terrarium-bench-'));
  const child = spawn(executable, ['--headless=new', '--no-sandbox', '--no-first-run', '--disable-features=MediaRouter', '--remote-debugging-port=0', '--window-size=1440,900', `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (piece: Buffer) => {
      text += piece.toString();
      const [, found] = LISTENING.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`The browser ended with ${String(code)}: ${text}`)));
  });
  const { send, close } = await connect(address);
  const targets = async () => (await send<{ targetInfos: Target[] }>('Target.getTargets', {})).targetInfos;
  return {
    targets,
    async tab() {
      const page = (await targets()).find(({ type }) => type === 'page');
      if (page === undefined) throw new Error('The browser has no tab.');
      return page.targetId;
    },
    async navigate(targetId, url) {
      await attached(send, targetId, (sessionId) => send('Page.navigate', { url }, sessionId));
    },
    async evaluate(targetId, expression) {
      return attached(send, targetId, async (sessionId) => {
        const { result, exceptionDetails } = await send<{ result: { value?: unknown }; exceptionDetails?: { text: string } }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
        if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
        return result.value;
      });
    },
    async processes() {
      return (await send<{ processInfo: { type: string; id: number }[] }>('SystemInfo.getProcessInfo', {})).processInfo;
    },
    async close() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      close();
      child.kill();
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Send = <T>(method: string, params: object, sessionId?: string) => Promise<T>;

async function attached<T>(send: Send, targetId: string, ask: (sessionId: string) => Promise<T>): Promise<T> {
  const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  try {
    return await ask(sessionId);
  } finally {
    await send('Target.detachFromTarget', { sessionId }).catch(() => undefined);
  }
}

async function connect(address: string): Promise<{ send: Send; close(): void }> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  let last = 0;
  const waiting = new Map<number, { sessionId: string | undefined; settle: PromiseWithResolvers<unknown> }>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string }; method?: string; params?: { sessionId?: string } };
    if (message.method === 'Target.detachedFromTarget') for (const { sessionId, settle } of waiting.values()) if (sessionId === message.params?.sessionId) settle.reject(new Error('The page has gone.'));
    const asked = waiting.get(message.id ?? 0);
    if (asked === undefined) return;
    waiting.delete(message.id ?? 0);
    if (message.error === undefined) asked.settle.resolve(message.result);
    else asked.settle.reject(new Error(message.error.message));
  });
  const send: Send = <T>(method: string, params: object, sessionId?: string) => {
    const settle = Promise.withResolvers<unknown>();
    waiting.set(++last, { sessionId, settle });
    socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    return settle.promise as Promise<T>;
  };
  return { send, close: () => socket.close() };
}
