import { transformSync, TYPE_STRIPPER_ID } from '../modules/type-stripping.ts';
import type { BindingContext } from '../context.ts';
import type { NodeLibrary } from '../library.ts';

const BUILTIN_PARAMETERS = ['exports', 'require', 'module', 'process', 'internalBinding', 'primordials'] as const;

/** What Node was built with, as `process.config`. */
const BUILD_CONFIG = {
  target_defaults: { cflags: [], default_configuration: 'Release', defines: [], include_dirs: [], libraries: [] },
  variables: {
    asan: 0, coverage: false, debug_nghttp2: false, debug_node: false, enable_lto: false, enable_pgo_generate: false, enable_pgo_use: false,
    force_dynamic_crt: 0, host_arch: 'wasm32', icu_small: false, is_debug: 0, napi_build_version: '10', node_builtin_shareable_builtins: [],
    node_byteorder: 'little', node_enable_v8_vtunejit: false, node_module_version: 127, node_no_browser_globals: false, node_prefix: '/usr',
    node_release_urlbase: 'https://nodejs.org/download/release/', node_shared: false, node_use_amaro: true, node_use_bundled_v8: true,
    node_use_openssl: true, node_with_ltcg: false, shlib_suffix: 'so.127', single_executable_application: false, target_arch: 'wasm32',
    v8_enable_i18n_support: 1, v8_enable_webassembly: 1,
  },
};

/** The library as data and as functions (node_builtins.cc). */
export function createBuiltins(ctx: BindingContext, library: NodeLibrary, afterCompile: (id: string, exports: unknown) => void): Record<string, unknown> {
  const ids = [...library.ids, TYPE_STRIPPER_ID];
  return {
    builtinIds: ids,
    builtinCategories: { canBeRequired: new Set(ids), cannotBeRequired: new Set() },
    natives: lazySources(library, library.ids),
    config: JSON.stringify(BUILD_CONFIG),
    hasCachedBuiltins: () => true,
    getCacheUsage: () => ({ compiledWithCache: new Set(), compiledWithoutCache: new Set(), compiledInSnapshot: [] }),
    setInternalLoaders(internalBinding: BindingContext['internalBinding'], requireBuiltin: (id: string) => unknown) {
      ctx.hooks.internalBinding = internalBinding;
      ctx.hooks.requireBuiltin = requireBuiltin;
    },
    compileFunction(id: string) {
      if (id === TYPE_STRIPPER_ID) return (_exports: unknown, _require: unknown, module: { exports: unknown }) => void (module.exports = { transformSync });
      const compiled = library.compile(id, BUILTIN_PARAMETERS);
      return (exports: unknown, require: unknown, module: { exports: unknown }, ...rest: unknown[]) => {
        compiled(exports, require, module, ...rest);
        afterCompile(id, module.exports);
      };
    },
  };
}

function lazySources(library: NodeLibrary, ids: string[]): object {
  const natives = {};
  for (const id of ids) Object.defineProperty(natives, id, { get: () => library.source(id), enumerable: true, configurable: true });
  return natives;
}
