/** What brings a parser as large as all the rest of a thread: in a script of its own (transform-script.ts), loaded when a program needs it. */
import type { stripTypes } from '../../../shared/module-code/strip-types.ts';
import type { syncBody } from '../../../shared/module-code/sync-body.ts';
import { LateScript } from './late-script.ts';

export interface Transforms {
  /** An ES module's text as a function body. @throws {SyntaxError} */
  syncBody: typeof syncBody;
  stripTypes: typeof stripTypes;
}

export const TRANSFORMS = '__terrarium_transforms__';

export const transforms = new LateScript<Transforms>('module transforms', TRANSFORMS);
