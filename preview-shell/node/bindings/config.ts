import { native } from '../natives.ts';
import type { BindingContext } from '../context.ts';

/** What this build of Node has (node_config.cc). There is no inspector: the browser's own debugger sees the threads. */
export function create(_ctx: BindingContext): Record<string, unknown> {
  return {
    isDebugBuild: false, openSSLIsBoringSSL: false, hasOpenSSL: true, fipsMode: false, hasIntl: true, hasTracing: false, hasNodeOptions: true,
    hasInspector: false, noBrowserGlobals: false, bits: 64,
    getDefaultLocale: () => native.navigator.language,
  };
}
