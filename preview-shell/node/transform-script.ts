/** Entry of a script of its own: see modules/transforms.ts. */
import { stripTypes } from '../../shared/module-code/strip-types.ts';
import { syncBody } from '../../shared/module-code/sync-body.ts';
import { TRANSFORMS, type Transforms } from './modules/transforms.ts';

const value: Transforms = { syncBody, stripTypes };
Object.defineProperty(globalThis, TRANSFORMS, { value, configurable: true });
