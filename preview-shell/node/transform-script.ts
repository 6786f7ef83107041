/** Entry of a script of its own, which a thread loads when it has to run an ES module that `require()` asked for (modules/sync-evaluate.ts). */
import { syncBody } from '../../shared/module-code/sync-body.ts';

Object.defineProperty(globalThis, '__terrarium_sync_body__', { value: syncBody, configurable: true });
