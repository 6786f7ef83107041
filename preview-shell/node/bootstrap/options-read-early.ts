/** Options that modules of the preloaded lists, or what they bring, read when they run; preload.test.ts finds them in the library. */
export const OPTIONS_READ_EARLY: ReadonlySet<string> = new Set([
  '--experimental-addon-modules', '--experimental-default-type', '--experimental-detect-module', '--experimental-import-meta-resolve',
  '--experimental-strip-types', '--input-type', '--insecure-http-parser', '--network-family-autoselection',
  '--network-family-autoselection-attempt-timeout', '--preserve-symlinks', '--preserve-symlinks-main', '--tls-cipher-list', '--tls-keylog',
  '--tls-max-v1.2', '--tls-max-v1.3', '--tls-min-v1.0', '--tls-min-v1.1', '--tls-min-v1.2', '--tls-min-v1.3', '--trace-tls',
]);
