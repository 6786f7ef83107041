/** What the preview logged and which errors it had, newest last, bounded. */
import { createStore } from 'zustand/vanilla';
import type { ConsoleRecord } from '../../shared/protocol/activity.ts';
import type { LoggedValue, PreviewReport, StackFrame } from '../../shared/protocol/preview-report.ts';
import { originKey } from './origin.ts';
import type { Origin } from './origin.ts';

export type ConsoleLevel = 'log' | 'info' | 'warn' | 'error' | 'debug';

export interface ConsoleEntry {
  id: number;
  time: number;
  level: ConsoleLevel;
  realm: 'page' | 'worker' | 'frame';
  values: LoggedValue[];
  stack: StackFrame[];
  /** Nesting by console.group. */
  depth: number;
  /** How often the same entry came in a row. */
  count: number;
  /** Another member's preview. */
  from?: Origin;
}

type Logged = Extract<PreviewReport, { kind: 'console' | 'error' | 'vite-error' }> | ConsoleRecord;

const MOST = 2000;
let nextId = 1;

export function createConsole() {
  const store = createStore<{ entries: ConsoleEntry[] }>(() => ({ entries: [] }));
  /** Of console.group, for each page. */
  const depths = new Map<string, number>();

  const add = (fields: Omit<ConsoleEntry, 'id' | 'depth' | 'count'>) =>
    store.setState(({ entries }) => {
      const last = entries.at(-1);
      const depth = depths.get(originKey(fields.from)) ?? 0;
      if (last !== undefined && last.depth === depth && isSame(last, fields)) {
        return { entries: [...entries.slice(0, -1), { ...last, count: last.count + 1, time: fields.time }] };
      }
      return { entries: [...entries, { ...fields, id: nextId++, depth, count: 1 }].slice(-MOST) };
    });

  return {
    store,
    clear() {
      depths.clear();
      store.setState({ entries: [] });
    },
    /** A sentence of our own. */
    note: (text: string) => add({ time: Date.now(), level: 'info', realm: 'page', values: [{ type: 'string', preview: text }], stack: [] }),
    /** `from`: another member's preview; none: this page's own. */
    receive(report: Logged, from?: Origin) {
      const whose = from === undefined ? {} : { from };
      const key = originKey(from);
      const depth = depths.get(key) ?? 0;
      switch (report.kind) {
        case 'console': {
          if (report.level === 'clear') return from === undefined ? this.clear() : this.clearFrom(from);
          if (report.level === 'groupEnd') return void depths.set(key, Math.max(0, depth - 1));
          add({ time: report.time, level: levelOf(report.level), realm: report.realm, values: report.args, stack: report.stack ?? [], ...whose });
          if (report.level === 'group' || report.level === 'groupCollapsed') depths.set(key, Math.min(depth + 1, 20));
          return;
        }
        case 'gap':
          return add({ time: report.time, level: 'warn', realm: 'page', values: [{ type: 'string', preview: `${report.count} more could not be passed on.` }], stack: [], ...whose });
        case 'error': {
          const prefix = report.type === 'unhandledrejection' ? 'Uncaught (in promise) ' : report.type === 'error' ? 'Uncaught ' : '';
          const preview = `${prefix}${report.name === '' ? '' : `${report.name}: `}${report.message}`;
          return add({ time: report.time, level: 'error', realm: report.realm, values: [{ type: 'error', preview }], stack: report.stack, ...whose });
        }
        case 'vite-error':
          return add({ time: report.time, level: 'error', realm: report.realm, values: [{ type: 'string', preview: report.message }], stack: frameOf(report), ...whose });
      }
    },
    /** What another member's page cleared was its own. */
    clearFrom({ source }: Origin) {
      depths.delete(source);
      store.setState(({ entries }) => ({ entries: entries.filter(({ from }) => from?.source !== source) }));
    },
  };
}

export type ConsoleModel = ReturnType<typeof createConsole>;

function levelOf(level: string): ConsoleLevel {
  if (level === 'warn' || level === 'error' || level === 'debug' || level === 'info') return level;
  return level === 'assert' ? 'error' : 'log';
}

function frameOf(report: { file?: string | undefined; line?: number | undefined; column?: number | undefined }): StackFrame[] {
  return report.file === undefined ? [] : [{ file: report.file, line: report.line ?? 1, column: report.column ?? 0 }];
}

function isSame(a: ConsoleEntry, b: Omit<ConsoleEntry, 'id' | 'depth' | 'count'>): boolean {
  return originKey(a.from) === originKey(b.from) && a.level === b.level && a.realm === b.realm && JSON.stringify([a.values, a.stack]) === JSON.stringify([b.values, b.stack]);
}

export function entryText(entry: ConsoleEntry): string {
  return entry.values.map((value) => value.preview).join(' ');
}
