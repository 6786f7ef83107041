import { describe, expect, test } from 'vitest';
import { previewReportSchema } from '../../shared/protocol/preview-report.ts';
import type { PreviewReport } from '../../shared/protocol/preview-report.ts';
import { createConsole, entryText } from './console.ts';
import { createNetwork } from './network.ts';
import { createPerformance } from './performance.ts';

const report = (fields: object): PreviewReport => previewReportSchema.parse({ v: 1, source: 'terrarium-preview', time: 5, ...fields });
const log = (level: string, ...texts: string[]) => report({ kind: 'console', level, args: texts.map((preview) => ({ type: 'string', preview })) });

function consoleOf(...reports: PreviewReport[]) {
  const model = createConsole();
  for (const one of reports) if (one.kind === 'console' || one.kind === 'error' || one.kind === 'vite-error') model.receive(one);
  return model.store.getState().entries;
}

describe('reports of a preview', () => {
  test.each([
    [{ kind: 'console', level: 'log', args: [{ type: 'string', preview: 'x'.repeat(200_000) }] }],
    [{ kind: 'console', level: 'shout', args: [] }],
    [{ kind: 'request', id: '1', state: 'done', initiator: 'fetch', method: 'GET', url: '/', status: -1 }],
    [{ kind: 'route', url: 7, title: '' }],
    [{ kind: 'unheard-of' }],
  ])('a malformed one is refused: %j', (fields) => {
    expect(previewReportSchema.safeParse({ v: 1, source: 'terrarium-preview', time: 5, ...fields }).success).toBe(false);
  });

  test('values nested deeper than the panel shows lose their depths, not the entry', () => {
    const nest = (depth: number): object => ({ type: 'object', preview: '{…}', ...(depth === 0 ? {} : { children: [{ key: 'a', value: nest(depth - 1) }] }) });
    const parsed = previewReportSchema.parse({ v: 1, source: 'terrarium-preview', time: 1, kind: 'console', level: 'log', args: [nest(9)] });
    expect(JSON.stringify(parsed).match(/children/g)).toHaveLength(4);
  });
});

describe('console', () => {
  test('the same entry in a row is counted, not repeated', () => {
    expect(consoleOf(log('log', 'a'), log('log', 'a'), log('warn', 'a'), log('log', 'a')).map(({ level, count }) => `${level} ${count}`)).toEqual(['log 2', 'warn 1', 'log 1']);
  });

  test('groups indent what is inside, and clear begins anew', () => {
    expect(consoleOf(log('group', 'g'), log('log', 'in'), log('groupEnd'), log('log', 'out')).map(({ depth }) => depth)).toEqual([0, 1, 0]);
    expect(consoleOf(log('group', 'g'), log('clear'), log('log', 'a')).map(({ depth }) => depth)).toEqual([0]);
  });

  test('a rejected promise reads as browsers print it', () => {
    const [entry] = consoleOf(report({ kind: 'error', type: 'unhandledrejection', name: 'TypeError', message: 'no', stack: [] }));
    expect(entry && entryText(entry)).toBe('Uncaught (in promise) TypeError: no');
  });

  test('another member’s groups and clear are their own', () => {
    const model = createConsole();
    const ann = { source: 'ann', name: 'Ann' };
    const tell = (one: PreviewReport, from?: typeof ann) => one.kind === 'console' && model.receive(one, from);
    tell(log('group', 'mine'));
    tell(log('log', 'theirs'), ann);
    tell(log('log', 'inside'));
    tell(log('log', 'inside'), ann);
    expect(model.store.getState().entries.map(({ depth, from, count }) => [depth, from?.name, count])).toEqual([[0, undefined, 1], [0, 'Ann', 1], [1, undefined, 1], [0, 'Ann', 1]]);
    tell(log('clear'), ann);
    expect(model.store.getState().entries.map(({ from }) => from)).toEqual([undefined, undefined]);
  });

  test('records that could not be passed on are said', () => {
    const model = createConsole();
    model.receive({ kind: 'gap', count: 7, port: 5173, time: 1 }, { source: 'ann', name: 'Ann' });
    expect(model.store.getState().entries).toMatchObject([{ level: 'warn', values: [{ preview: '7 more could not be passed on.' }] }]);
  });

  test('holds a bounded number of entries', () => {
    const model = createConsole();
    for (let n = 0; n < 2100; n++) {
      const one = log('log', String(n));
      if (one.kind === 'console') model.receive(one);
    }
    expect(model.store.getState().entries).toHaveLength(2000);
  });
});

describe('performance', () => {
  const measured = (...reports: PreviewReport[]) => {
    const model = createPerformance();
    for (const one of reports) if (one.kind === 'ready' || one.kind === 'performance' || one.kind === 'hot-update') model.receive(one);
    return model.store.getState().measures.map(({ metric, ms }) => `${metric} ${ms}`);
  };
  const largest = (startMs: number) => report({ kind: 'performance', metric: 'largest-contentful-paint', startMs, durationMs: 0 });
  const script = report({ kind: 'ready', state: 'script', sinceNavigationMs: 9 });

  test('of one load the last largest paint counts, and each load has its own', () => {
    expect(measured(script, largest(100), largest(300), script, largest(200))).toEqual(['script 9', 'largest-contentful-paint 300', 'script 9', 'largest-contentful-paint 200']);
  });

  test('a hot update is its time to be seen', () => {
    expect(measured(report({ kind: 'hot-update', type: 'update', paths: [] }), report({ kind: 'performance', metric: 'hot-update', startMs: 5, durationMs: 40 }))).toEqual(['hot-update 40']);
  });
});

describe('network', () => {
  test('pages choose their ids: the same of two members are two requests', () => {
    const model = createNetwork();
    const one = report({ kind: 'request', id: 'r', state: 'pending', initiator: 'fetch', method: 'GET', url: '/a' });
    if (one.kind !== 'request') throw new Error('A request was made.');
    model.receive(one);
    model.receive({ ...one, port: 5173 }, { source: 'ann', name: 'Ann' });
    expect(model.store.getState().entries.map(({ from }) => from?.name)).toEqual([undefined, 'Ann']);
  });

  const request = (fields: object) => report({ kind: 'request', id: 'r', initiator: 'fetch', method: 'GET', url: '/a', ...fields }) as Extract<PreviewReport, { kind: 'request' }>;

  test('the end of a request joins its start, in whichever order they come', () => {
    const [start, end] = [request({ state: 'pending', time: 1, requestBody: 'q' }), request({ state: 'done', status: 200, durationMs: 4, time: 9 })];
    for (const order of [[start, end], [end, start]]) {
      const model = createNetwork();
      for (const one of order) model.receive(one);
      expect(model.store.getState().entries).toMatchObject([{ state: 'done', status: 200, requestBody: 'q', time: 1 }]);
    }
  });
});
