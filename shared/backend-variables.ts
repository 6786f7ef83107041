/** What programs of a container know of the environment's backend (row F4): Vite gives variables with the prefix `VITE_` to the front end. */

/** `backendOrigin` as `origins().backend(label)` makes it. They are set before there is a backend too, so that one that is added later is reached without a restart. */
export function backendVariables(backendOrigin: string): { VITE_API_URL: string; VITE_WS_URL: string } {
  return { VITE_API_URL: backendOrigin, VITE_WS_URL: backendOrigin.replace(/^http/, 'ws') };
}
