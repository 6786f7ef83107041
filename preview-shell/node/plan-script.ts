/** Entry of a script of its own, which a thread loads when it runs text that awaits and that no pack knows (modules/await-text.ts). */
import { planAwaits } from '../../shared/module-code/awaits/plan.ts';

Object.defineProperty(globalThis, '__terrarium_plan_awaits__', { value: planAwaits, configurable: true });
