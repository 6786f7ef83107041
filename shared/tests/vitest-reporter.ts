/** A reporter for Vitest 3 and later (its `Reporter` interface) that prints events.ts. Put into the container as a file and named with `--reporter`. */

export const REPORTER_SOURCE = `
const LONGEST = 8000;
const cut = (text) => (text.length > LONGEST ? text.slice(0, LONGEST) + '…' : text);
const shown = (value) => cut(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
const say = (event) => process.stdout.write('\\n\\u001E' + JSON.stringify(event) + '\\n');

function namesOf(test) {
  const names = [test.name];
  for (let parent = test.parent; parent?.type === 'suite'; parent = parent.parent) names.unshift(parent.name);
  return names;
}

function placeOf(error) {
  const stacks = error.stacks ?? [];
  const own = stacks.find(({ file }) => !file.includes('/node_modules/')) ?? stacks[0];
  return own === undefined ? undefined : { file: own.file, line: own.line, column: own.column };
}

const failureOf = (error) => ({
  message: cut((error.name && error.name !== 'Error' && !String(error.message).startsWith(error.name) ? error.name + ': ' : '') + (error.message ?? String(error))),
  ...(error.expected === undefined && error.actual === undefined ? {} : { expected: shown(error.expected), actual: shown(error.actual) }),
  ...(placeOf(error) === undefined ? {} : { place: placeOf(error) }),
});

function viewOf(test) {
  const result = test.result();
  const duration = test.diagnostic()?.duration;
  return {
    file: test.module.moduleId, names: namesOf(test), state: result.state, failures: (result.errors ?? []).map(failureOf),
    ...(duration === undefined ? {} : { durationMs: duration }), ...(test.location === undefined ? {} : { line: test.location.line }),
  };
}

export default class TerrariumReporter {
  onTestRunStart(specifications) {
    say({ t: 'start', files: specifications.map(({ moduleId }) => moduleId) });
  }
  onTestModuleCollected(module) {
    say({ t: 'file', file: module.moduleId, tests: [...module.children.allTests()].map(viewOf) });
  }
  onTestCaseResult(test) {
    say({ t: 'test', test: viewOf(test) });
  }
  onTestModuleEnd(module) {
    const state = module.state();
    say({ t: 'file-end', file: module.moduleId, state: state === 'passed' || state === 'skipped' ? state : 'failed', durationMs: module.diagnostic().duration, failures: module.errors().map(failureOf) });
  }
  onTestRunEnd(_modules, errors) {
    say({ t: 'end', failures: errors.map(failureOf) });
  }
}
`;
