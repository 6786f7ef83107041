/** The name through which served module text reaches its record. Chosen so that no program has it. */
export const GLOBAL = '__terrarium_module__';

/** A native module that stands for a record which is not evaluated natively: its bindings are set from outside. */
export function facadeSource(serial: number, names: readonly string[]): string {
  const declare = names.map((_name, i) => `$${i}`).join(',');
  const exported = names.map((name, i) => `$${i} as ${JSON.stringify(name)}`).join(',');
  const setters = names.map((name, i) => `[${JSON.stringify(name)}]:v=>{$${i}=v}`).join(',');
  return `${declare === '' ? '' : `let ${declare};export{${exported}};`}${GLOBAL}.attach(${serial},{__proto__:null,${setters}})`;
}
