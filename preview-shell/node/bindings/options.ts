/** The options of this thread (node_options.cc), as the bootstrap has parsed them. */
import type { BindingContext } from '../context.ts';
import { OPTION_TYPE, type OptionValues } from '../options/parse.ts';
import { ALIASES, OPTIONS } from '../options/table.ts';

const INPUT_TYPES: Readonly<Record<number, string>> = { 2: 'boolean', 3: 'number', 4: 'number', 5: 'string', 7: 'array' };

export function create(ctx: BindingContext): Record<string, unknown> {
  return {
    getCLIOptionsValues: () => {
      const values = ctx.hooks['options'] as OptionValues;
      const all: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [name, value] of values) {
        all[name] = value;
        if (typeof value === 'boolean') all[`--no-${name.slice(2)}`] = !value;
      }
      return all;
    },
    getCLIOptionsInfo: () => ({
      options: new Map(Object.entries(OPTIONS).map(([name, [type, initial, envVarSettings, helpText]]) => [name, { helpText, envVarSettings, type, defaultIsTrue: initial === true }])),
      aliases: new Map(Object.entries(ALIASES)),
    }),
    getEmbedderOptions: () => ({ __proto__: null, shouldNotRegisterESMLoader: false, noGlobalSearchPaths: false, noBrowserGlobals: false, hasEmbedderPreload: false }),
    getEnvOptionsInputType: () => new Map(Object.entries(OPTIONS).filter(([, [, , environment]]) => environment === 0).map(([name, [type]]) => [name, INPUT_TYPES[type] ?? 'string'])),
    envSettings: { kAllowedInEnvvar: 0, kDisallowedInEnvvar: 1 },
    types: {
      kNoOp: OPTION_TYPE.noOp, kV8Option: OPTION_TYPE.v8, kBoolean: OPTION_TYPE.boolean, kInteger: OPTION_TYPE.integer, kUInteger: OPTION_TYPE.unsigned,
      kString: OPTION_TYPE.string, kHostPort: OPTION_TYPE.hostPort, kStringList: OPTION_TYPE.list,
    },
  };
}
