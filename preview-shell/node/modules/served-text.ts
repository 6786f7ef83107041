/** The name through which served module text reaches its record. Chosen so that no program has it. */
export const GLOBAL = '__terrarium_module__';

/** A native module that stands for a record which is not evaluated natively: its bindings are set from outside. */
export function facadeSource(serial: number, names: readonly string[]): string {
  const declare = names.map((_name, i) => `$${i}`).join(',');
  const exported = names.map((name, i) => `$${i} as ${JSON.stringify(name)}`).join(',');
  const setters = names.map((name, i) => `[${JSON.stringify(name)}]:v=>{$${i}=v}`).join(',');
  return `${declare === '' ? '' : `let ${declare};export{${exported}};`}${GLOBAL}.attach(${serial},{__proto__:null,${setters}})`;
}

/**
 * What to import so that the whole graph of `root` is fetched at once, and not level by level as the engine reads each text. The root is imported first: the
 * order of evaluation is its graph's (ECMA-262, 16.2.1.6.1.3), the rest has run by then.
 */
export function fetchedTogether(root: string, graph: readonly string[]): string {
  if (graph.length < 2) return root;
  const text = [root, ...graph.filter((url) => url !== root)].map((url) => `import ${JSON.stringify(url)};`).join('');
  return `data:text/javascript,${encodeURIComponent(text)}`;
}
