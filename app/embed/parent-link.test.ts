import { expect, test } from 'vitest';
import { EMBED_SOURCE, EMBEDDER_SOURCE } from '../../shared/protocol/embed-constants.ts';
import type { Show } from '../../shared/protocol/embed.ts';
import { ParentLink, type Surroundings } from './parent-link.ts';

const PAGE = 'https://docs.example.com';
const SHOW: Show = { editor: false, console: true, network: true };
const CONNECT = { source: EMBEDDER_SOURCE, v: 1, type: 'connect', show: SHOW };

function frame(origin?: string) {
  const said: [message: unknown, to: string][] = [];
  let listener: (event: MessageEvent<unknown>) => void = () => {};
  const parent = { postMessage: (message: unknown, to: string) => void said.push([message, to]) } as unknown as Window;
  const surroundings: Surroundings = { parent, addEventListener: (_type, given) => (listener = given) };
  const link = new ParentLink(surroundings, origin);
  const shown: Show[] = [];
  link.onShow((show) => shown.push(show));
  const hear = (data: unknown, from = PAGE, source: unknown = parent) => listener({ data, origin: from, source } as MessageEvent<unknown>);
  return { link, said, shown, hear, types: () => said.map(([message]) => (message as { type: string }).type) };
}

test('[EB31] who connects is told all that holds, at its exact origin', () => {
  const { link, said, shown, hear } = frame();
  link.admit([PAGE]);
  link.tell({ type: 'hello', role: 'viewer' });
  link.tell({ type: 'ready' });
  expect(said).toEqual([]);
  hear(CONNECT);
  expect(shown).toEqual([SHOW]);
  expect(said).toEqual([[{ source: EMBED_SOURCE, v: 1, type: 'hello', role: 'viewer' }, PAGE], [{ source: EMBED_SOURCE, v: 1, type: 'ready' }, PAGE]]);
});
test('[EB31] where the browser names the page, it need not connect', () => {
  const { link, types } = frame(PAGE);
  link.admit([PAGE]);
  link.tell({ type: 'hello', role: 'editor' });
  expect(types()).toEqual(['hello']);
});
test.each([
  ['a frame inside', (hear: ReturnType<typeof frame>['hear']) => hear(CONNECT, PAGE, {})],
  ['a page that is not listed', (hear: ReturnType<typeof frame>['hear']) => hear(CONNECT, 'https://evil.example')],
  ['no message', (hear: ReturnType<typeof frame>['hear']) => [null, 7, [], {}, 'connect', { ...CONNECT, source: 'terrarium-app' }, { ...CONNECT, show: {} }, { ...CONNECT, type: 'token' }, { ...CONNECT, v: '1' }].forEach((one) => hear(one))],
])('[EB30] %s is not heard', (_name, speak) => {
  const { link, said, shown, hear } = frame();
  link.admit([PAGE]);
  link.tell({ type: 'ready' });
  speak(hear);
  expect([said, shown]).toEqual([[], []]);
});
test('[EB30] before the origins are known, errors alone are told', () => {
  const { link, types, hear } = frame();
  hear(CONNECT);
  link.tell({ type: 'ready' });
  link.tell({ type: 'error', code: 'E-TERRARIUM-1381', message: 'over' });
  expect(types()).toEqual(['error']);
});
test('[EB30] a page that turns out not to be listed hears nothing more', () => {
  const { link, types, hear } = frame('https://evil.example');
  hear(CONNECT, 'https://evil.example');
  link.admit([PAGE]);
  link.tell({ type: 'ready' });
  expect(types()).toEqual([]);
});
test('[EB32] another version is named', () => {
  const { link, said, shown, hear } = frame();
  link.admit([PAGE]);
  hear({ ...CONNECT, v: 2 });
  expect(said).toEqual([[expect.objectContaining({ type: 'error', code: 'E-TERRARIUM-1385' }), PAGE]]);
  expect(shown).toEqual([]);
});
