/** The package `@terrarium/app` (its types: types.d.ts). */
export { appData } from './collection.ts';
export { SandboxAPI, SandboxError } from './sandbox.ts';
export { useAppData } from './hook.ts';
