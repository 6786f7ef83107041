import { expect, test } from 'vitest';
import { mayUseContexts } from './contexts.ts';

test.each<[string[], boolean]>([
  [['node'], true],
  [['node', '/home/project/server.js'], true],
  [['node', '/home/project/node_modules/.bin/vite'], true],
  [['node', '/home/project/bin/tool.js'], true],
  [['/usr/bin/node', '/bin/npm', 'run', 'dev'], false],
  [['/usr/bin/node', '/usr/bin/ls'], false],
])('what a user runs may use asynchronous contexts, the container’s own tools do not: %j', (argv, expected) => {
  expect(mayUseContexts(argv)).toBe(expected);
});
