/** A container host that speaks the library's protocol and uses what it is handed to attack whoever holds the other end. */
import * as Comlink from 'comlink';

type Remote = Record<string, unknown> & ((...args: unknown[]) => Promise<unknown>) & (new (...args: unknown[]) => Promise<unknown>);

const loot: Record<string, string> = {};

async function attack(name: string, work: () => unknown): Promise<void> {
  try {
    const got: unknown = await work();
    loot[name] = `got ${typeof got === 'function' ? String(await (got as () => unknown)()) : JSON.stringify(got)}`;
  } catch (error) {
    loot[name] = `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** `listener` is a raw Comlink proxy of a function in the realm of the library. */
async function attackThrough(listener: Remote): Promise<void> {
  const at = (...path: string[]) => path.reduce<Remote>((remote, name) => remote[name] as Remote, listener);
  await attack('construct Function', () => new (at('constructor'))('return localStorage.secret + document.cookie'));
  await attack('call Function', () => at('constructor')('return top.localStorage.secret'));
  await attack('read __proto__', () => at('__proto__', 'constructor', 'name'));
  await attack('pollute Object.prototype', () => {
    const target = at('__proto__', '__proto__') as unknown as Record<string, unknown>;
    target['polluted'] = 'polluted';
    target['source'] = 'terrarium-broker';
    target['type'] = 'result';
  });
  await attack('pollute through constructor', () => {
    (at('constructor', 'prototype') as unknown as Record<string, unknown>)['polluted'] = 'polluted';
  });
  // Rubbish where events belong: the wrong types, and far too much of them.
  await attack('rubbish event', () => listener({ __proto__: 1 }, ['open'], { toString: 'x' }));
  await attack('script url', () => listener(5173, 'javascript:alert(1)'));
  await attack('long', () => listener(5173, 'x'.repeat(100_000)));
}

async function attackWindows(): Promise<void> {
  await attack('read top', () => window.top?.document.cookie);
  await attack('read parent', () => (window.parent as unknown as { localStorage: Storage }).localStorage.getItem('secret'));
  await attack('navigate top', () => {
    if (window.top !== null) window.top.location.href = `${location.origin}/owned`;
    return 'navigated';
  });
  const appOrigin = location.origin.replace(/\/\/[^.]+\.preview\./, '//');
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => (loot['handshake'] = 'got a port that answers');
  window.top?.postMessage({ source: 'terrarium-broker', type: 'hello', v: 1 }, appOrigin, [port2]);
}

const instance = {
  fs: () => Comlink.proxy({}),
  previewScript: () => Comlink.proxy({}),
  runtimeInfo: () => ({ cwd: '/home/project', path: '/bin', __proto__: { isAdmin: true } }),
  on: async (event: string, listener: Remote) => {
    if (event === 'server-ready') {
      await attackThrough(listener);
      await attackWindows();
      await fetch('/loot', { method: 'POST', body: JSON.stringify(loot) });
    }
    return Comlink.proxy(() => {});
  },
};

const { port1, port2 } = new MessageChannel();
Comlink.expose({ build: () => Comlink.proxy(instance) }, port1);
const brokerOrigin = location.origin.replace('.preview.', '.broker.');
window.parent.postMessage({ type: 'init' }, brokerOrigin, [port2]);
