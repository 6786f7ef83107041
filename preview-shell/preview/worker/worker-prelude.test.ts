import { expect, test } from 'vitest';
import { withPrelude } from './worker-prelude.ts';

const prelude = '(()=>{globalThis.told=1})();\n';

test.each([
  ['let a = 1;\nlet b;', '(()=>{globalThis.told=1})();;let a = 1;\nlet b;'],
  ['// a\n/* b */ "use strict";\nx', '"use strict";(()=>{globalThis.told=1})();;// a\n/* b */ "use strict";\nx'],
  ['import "./x.js";', '(()=>{globalThis.told=1})();;import "./x.js";'],
  ['#!/usr/bin/env node\n', '#!/usr/bin/env node\n'],
])('%j keeps its lines and its mode', (text, expected) => {
  expect(withPrelude(text, prelude)).toBe(expected);
  expect(withPrelude(text, '')).toBe(text);
});
