/**
 * What a script in a `vm` context declares and asks for at its top level, found by the parser that Node's library carries, and the edits with which
 * it runs as the text of an `eval` inside the context's scope (script-context.ts).
 */
import type { Edit } from '../../../shared/module-code/awaits/edits.ts';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export type Parse = (text: string) => { readonly body: readonly object[] };

/** Names that the text calls; a program's own would have to be these to notice. */
export const HELPERS = { declare: '__terrarium_declare__', quiet: '__terrarium_quiet__', loud: '__terrarium_loud__' } as const;

export interface ContextScript {
  readonly edits: readonly Edit[];
  readonly vars: readonly string[];
  readonly functions: readonly string[];
  /** `let`, `const`, `class`: of the context's scripts together, and no properties of it. */
  readonly lexical: readonly string[];
  readonly isStrict: boolean;
}

export function contextScript(text: string, parse: Parse): ContextScript {
  const body = parse(text).body as readonly Node[];
  const directives = body.filter(({ directive }) => typeof directive === 'string');
  const functions = body.filter(({ type }) => type === 'FunctionDeclaration').map(nameOf);
  const lexical = body.flatMap((node) => (node.type === 'ClassDeclaration' ? [nameOf(node)] : isLexical(node) ? declared(node) : []));
  const vars = [...new Set(body.flatMap(varsIn))];
  const edits: Edit[] = body.flatMap(typeofEdits);
  if (functions.length + lexical.length > 0) {
    const accessors = lexical.map((name) => `${name}: [() => ${name}, (value) => { ${name} = value; }]`);
    const at = directives.at(-1)?.end ?? 0;
    edits.unshift([at, at, `;${HELPERS.declare}({ ${functions.join(', ')} }, { ${accessors.join(', ')} });`]);
  }
  return { edits, vars, functions, lexical, isStrict: directives.some(({ directive }) => directive === 'use strict') };
}

const nameOf = (node: Node): string => (node['id'] as { name: string }).name;
const isLexical = ({ type, kind }: Node): boolean => type === 'VariableDeclaration' && kind !== 'var';
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
const children = (node: Node): Node[] => Object.values(node).flat().filter(isNode);
const isFunction = ({ type }: Node): boolean => type.includes('Function') || type === 'StaticBlock' || type === 'PropertyDefinition';

function declared(declaration: Node): string[] {
  return (declaration['declarations'] as readonly Node[]).flatMap(({ id }) => bound(id as Node));
}

/** Names that a pattern binds. */
function bound(pattern: Node | null): string[] {
  if (pattern === null) return [];
  switch (pattern.type) {
    case 'Identifier': return [pattern['name'] as string];
    case 'ObjectPattern': return (pattern['properties'] as Node[]).flatMap((property) => bound((property['value'] ?? property['argument']) as Node));
    case 'ArrayPattern': return (pattern['elements'] as (Node | null)[]).flatMap(bound);
    case 'AssignmentPattern': return bound(pattern['left'] as Node);
    case 'RestElement': return bound(pattern['argument'] as Node);
    default: return [];
  }
}

/** `var`, wherever it stands outside of functions. */
function varsIn(node: Node): string[] {
  if (isFunction(node)) return [];
  const own = node.type === 'VariableDeclaration' && node['kind'] === 'var' ? declared(node) : [];
  return [...own, ...children(node).flatMap(varsIn)];
}

/** `typeof name` asks without an error for what is nowhere. */
function typeofEdits(node: Node): Edit[] {
  const inside = children(node).flatMap(typeofEdits);
  const { type, operator, argument, start, end } = node;
  if (type !== 'UnaryExpression' || operator !== 'typeof' || (argument as Node).type !== 'Identifier') return inside;
  return [[start, start, `(${HELPERS.quiet}(), ${HELPERS.loud}(`], [end, end, '))']];
}
