/** V8's private symbols of Node (env_properties.h): key is the binding's name, value the description. */
const NAMES = {
  arrow_message_private_symbol: 'node:arrowMessage',
  contextify_context_private_symbol: 'node:contextify:context',
  decorated_private_symbol: 'node:decorated',
  transfer_mode_private_symbol: 'node:transfer_mode',
  host_defined_option_symbol: 'node:host_defined_option_symbol',
  js_transferable_wrapper_private_symbol: 'node:js_transferable_wrapper',
  entry_point_module_private_symbol: 'node:entry_point_module',
  entry_point_promise_private_symbol: 'node:entry_point_promise',
  module_source_private_symbol: 'node:module_source',
  module_export_names_private_symbol: 'node:module_export_names',
  module_circular_visited_private_symbol: 'node:module_circular_visited',
  module_export_private_symbol: 'node:module_export',
  module_first_parent_private_symbol: 'node:module_first_parent',
  module_last_parent_private_symbol: 'node:module_last_parent',
  napi_type_tag: 'node:napi:type_tag',
  napi_wrapper: 'node:napi:wrapper',
  untransferable_object_private_symbol: 'node:untransferableObject',
  exit_info_private_symbol: 'node:exit_info_private_symbol',
  promise_trace_id: 'node:promise_trace_id',
  source_map_data_private_symbol: 'node:source_map_data_private_symbol',
} as const;

export type PrivateSymbols = Record<keyof typeof NAMES, symbol>;

let symbols: PrivateSymbols | undefined;

/**
 * The symbols, one set for each thread. What is stored under them must not show among an object's own keys, and must work on frozen objects: so
 * each is an accessor of `Object.prototype` over a weak map. An object without a prototype gets an ordinary property.
 */
export function privateSymbols(): PrivateSymbols {
  if (symbols !== undefined) return symbols;
  const made = Object.fromEntries(Object.entries(NAMES).map(([name, description]) => [name, Symbol(description)])) as PrivateSymbols;
  for (const symbol of Object.values(made)) hide(symbol);
  symbols = made;
  return made;
}

function hide(symbol: symbol): void {
  const values = new WeakMap<object, unknown>();
  const { get, set } = WeakMap.prototype;
  Object.defineProperty(Object.prototype, symbol, {
    configurable: true,
    get(this: object): unknown { return Reflect.apply(get, values, [this]); },
    set(this: object, value: unknown) { Reflect.apply(set, values, [this, value]); },
  });
}
