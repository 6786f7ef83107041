import { expect, test } from 'vitest';
import { snippet } from './snippets.ts';

const pasted = { server: 'http://localhost:4000', taskId: 'A "task" <1>', token: 'tge_x' };

test('nothing of a task’s name is markup or code', () => {
  expect(snippet('element', pasted)).toContain('task-id="A &#34;task&#34; &#60;1&#62;"');
  expect(snippet('react', pasted)).toContain('taskId={"A \\"task\\" <1>"}');
  expect(snippet('frame', pasted)).toContain('src="http://localhost:4000/embed/A%20%22task%22%20%3C1%3E#token=tge_x"');
});
