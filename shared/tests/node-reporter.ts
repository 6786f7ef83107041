/**
 * A reporter for Node's own test runner (its documentation, "Custom reporters") that prints events.ts. Put into the container as a file and named with `--test-reporter`.
 * The runner tells tests in the order in which they are written, each test before what is inside it ends: a stack of names is where one stands.
 */

export const NODE_REPORTER_SOURCE = `
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

const LONGEST = 8000;
const cut = (text) => (text.length > LONGEST ? text.slice(0, LONGEST) + '…' : text);
const shown = (value) => cut(typeof value === 'string' ? value : inspect(value, { depth: 8 }));
const line = (event) => '\\n\\u001E' + JSON.stringify(event) + '\\n';
// A run of some tests says nothing of the others, which stay as they were.
const isPart = process.execArgv.some((word) => /^--test-(?:name|skip)-pattern(?:=|$)/.test(word));
const PATTERN = '--test-name-pattern=';
const wanted = process.execArgv.findLast((word) => word.startsWith(PATTERN))?.slice(PATTERN.length);
/** Whether the whole of this group was asked for, by its own name. */
const isWanted = (names) => wanted !== undefined && wanted.startsWith('^') && new RegExp(wanted).test(names.join(' '));

function placeOf(stack) {
  for (const frame of String(stack).split('\\n')) {
    const [, where, row, column] = /^\\s+at (?:.*\\()?(file:.+?|\\/.+?):(\\d+):(\\d+)\\)?$/.exec(frame) ?? [];
    if (where === undefined || where.includes('/node_modules/')) continue;
    return { file: where.startsWith('file:') ? fileURLToPath(where) : where, line: Number(row), column: Number(column) };
  }
  return undefined;
}

/** What a test threw is the cause of the runner's own error. */
function failureOf(error) {
  const cause = error.cause !== null && typeof error.cause === 'object' ? error.cause : undefined;
  const name = cause?.name && !['Error', 'AssertionError'].includes(cause.name) ? cause.name + ': ' : '';
  const place = placeOf(cause?.stack);
  return {
    message: cut(name + String(cause?.message ?? (error.cause === undefined ? error.message : typeof error.cause === 'string' ? error.cause : inspect(error.cause))).trim()),
    ...(cause !== undefined && 'operator' in cause && ('expected' in cause || 'actual' in cause) ? { expected: shown(cause.expected), actual: shown(cause.actual) } : {}),
    ...(place === undefined ? {} : { place }),
  };
}

export default async function* terrariumReporter(source) {
  let stack = [];
  let files = new Map();
  const printed = new Map();
  const kinds = new Map();
  const keyOf = ({ file, line: row, column, name, nesting }) => JSON.stringify([file, row, column, name, nesting]);

  function* fileOf(name) {
    if (name === undefined || files.has(name)) return;
    files.set(name, 'passed');
    if (!isPart) yield line({ t: 'file', file: name, tests: [] });
  }
  function* ended({ file, name, nesting, line: row, skip, todo, details }, hasFailed) {
    const own = stack[nesting];
    stack.length = nesting;
    const error = hasFailed ? details.error : undefined;
    const isOfOthers = error?.failureType === 'subtestsFailed';
    if (nesting === 0 && file !== undefined && path.resolve(name) === file) {
      // The file itself: it has no tests, or ended before it could tell them.
      if (isOfOthers) return;
      const said = (printed.get(file) ?? '').trim();
      const failures = error === undefined ? [] : [said === '' ? failureOf(error) : { message: cut(said), ...(placeOf(said) === undefined ? {} : { place: placeOf(said) }) }];
      return yield line({ t: 'file-end', file, state: hasFailed ? 'failed' : 'passed', durationMs: details.duration_ms, failures });
    }
    const isGroup = details.type === 'suite' || own?.hasTests === true;
    const around = stack.map((each) => each.name);
    // What is in a group tells how it went, unless it failed by itself, now or before.
    if (isGroup && (error === undefined || isOfOthers) && !isWanted([...around, name])) return;
    const isSkipped = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
    if (hasFailed && !isSkipped) files.set(file, 'failed');
    const names = [...around, name, ...(isGroup ? ['(' + name + ' itself)'] : [])];
    const outermost = stack.findIndex((each) => !each.isSuite);
    const runBy = outermost !== -1 ? around.slice(0, outermost + 1) : isGroup ? [...around, name] : undefined;
    const state = isSkipped ? 'skipped' : hasFailed && !isOfOthers ? 'failed' : 'passed';
    yield line({ t: 'test', test: { file: file ?? '', names, state, durationMs: details.duration_ms, ...(row === undefined ? {} : { line: row }), ...(runBy === undefined ? {} : { runBy }), failures: error === undefined || isOfOthers || isSkipped ? [] : [failureOf(error)] } });
  }

  yield line({ t: 'start', files: [] });
  for await (const { type, data } of source) {
    if (type === 'test:enqueue') {
      kinds.set(keyOf(data), data.type);
    } else if (type === 'test:start') {
      yield* fileOf(data.file);
      stack.length = data.nesting;
      if (data.nesting > 0 && stack[data.nesting - 1] !== undefined) stack[data.nesting - 1].hasTests = true;
      stack[data.nesting] = { name: data.name, hasTests: false, isSuite: kinds.get(keyOf(data)) === 'suite' };
    } else if (type === 'test:pass' || type === 'test:fail') {
      yield* ended(data, type === 'test:fail');
    } else if (type === 'test:stderr') {
      const file = path.resolve(data.file);
      printed.set(file, ((printed.get(file) ?? '') + data.message).slice(-LONGEST));
    } else if (type === 'test:summary' && data.file !== undefined) {
      yield* fileOf(data.file);
      yield line({ t: 'file-end', file: data.file, state: files.get(data.file), durationMs: data.duration_ms, failures: [] });
    } else if (type === 'test:watch:drained') {
      stack = [];
      files = new Map();
      printed.clear();
      kinds.clear();
      yield line({ t: 'end', failures: [] });
    }
  }
  yield line({ t: 'end', failures: [] });
}
`;
