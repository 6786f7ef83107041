/** The container's own programs use no AsyncLocalStorage, and run nothing of anybody else's in their own process. */
const OWN_PROGRAMS = /^\/(?:usr\/)?(?:bin|lib)\//;

/** Whether a program may use asynchronous contexts. Its command line tells too little to say no of what a user runs. */
export function mayUseContexts([, script]: readonly string[]): boolean {
  return script === undefined || !OWN_PROGRAMS.test(script);
}
