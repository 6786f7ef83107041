/** Where a text awaits, found by parsing it. Needs the parser: the container loads this in a script of its own, and only for text without facts. */
import { parse, type AnyNode, type Function as FunctionNode } from 'acorn';
import { EDIT, KINDS, mayNeedPlan, type AwaitPlan } from './edits.ts';

/** Of a program that is no module, functions alone can await; a CommonJS one may `return`. */
export type PlannedText = 'module' | 'commonjs' | 'script';

/** Empty where nothing of the text awaits; undefined where the parser does not read it as such a text: what the engine reads then stays as it is. */
export function planAwaits(source: string, kind: PlannedText): AwaitPlan | undefined {
  if (!mayNeedPlan(source)) return [];
  let program: AnyNode;
  try {
    program = parse(source, { ecmaVersion: 'latest', sourceType: kind, preserveParens: true, allowHashBang: true });
  } catch {
    return undefined;
  }
  const planner = new Planner();
  planner.program(program);
  return planner.codes;
}

/** What the walk knows of the function that it is in. */
interface Scope {
  async: boolean;
  generator: boolean;
  /** Whether an await that fails can be caught in this function. */
  guarded: boolean;
  /** Variables to declare: of the pending context, and of loops and blocks by number. */
  pending: boolean;
  holders: number[];
}

const newScope = (async: boolean, generator: boolean): Scope => ({ async, generator, guarded: false, pending: false, holders: [] });

class Planner {
  readonly codes: number[] = [];
  private readonly positions: number[] = [];
  private readonly kinds: number[] = [];
  private holders = 0;
  private resources = 0;

  program(node: AnyNode): void {
    const scope = newScope(true, false);
    this.children(node, scope);
    // At the start: the end can be in a comment, and a declaration there is hoisted from here as well.
    const declared = declarations(scope);
    this.kinds.unshift(...declared);
    this.positions.unshift(...declared.map(() => 0));
    let last = 0;
    this.positions.forEach((position, index) => {
      this.codes.push(position - last, this.kinds[index] as number);
      last = position;
    });
  }

  private add(position: number, kind: number, n = 0): void {
    this.positions.push(position);
    this.kinds.push(kind + KINDS * n);
  }

  private children(node: AnyNode, scope: Scope): void {
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  private visit(node: AnyNode, scope: Scope): void {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- most kinds of node only have children
    switch (node.type) {
      case 'FunctionDeclaration': case 'FunctionExpression': case 'ArrowFunctionExpression': return this.function(node);
      case 'AwaitExpression': return this.await(node, scope);
      case 'YieldExpression': return this.yield(node, scope);
      case 'TryStatement': return this.try(node, scope);
      case 'ReturnStatement': return this.return(node, scope);
      case 'LabeledStatement': case 'ForOfStatement': return this.loop(node, scope);
      case 'BlockStatement': return this.block(node, scope);
      case 'CallExpression': return this.call(node, scope);
      case 'PropertyDefinition':
        this.visit(node.key, scope);
        return node.value == null ? undefined : this.visit(node.value, newScope(false, false));
      case 'StaticBlock': return this.children(node, newScope(false, false));
      default: this.children(node, scope);
    }
  }

  private function(node: FunctionNode | Extract<AnyNode, { type: 'ArrowFunctionExpression' }>): void {
    const scope = newScope(node.async, node.generator);
    for (const parameter of node.params) this.visit(parameter, scope);
    if (node.body.type !== 'BlockStatement') return this.result(node.body, scope, node.async);
    this.children(node.body, scope);
    for (const code of declarations(scope)) {
      this.positions.push(node.body.end - 1);
      this.kinds.push(code);
    }
  }

  private await(node: Extract<AnyNode, { type: 'AwaitExpression' }>, scope: Scope): void {
    this.around(node, scope, scope.guarded ? EDIT.guardedOpen : EDIT.awaitOpen, scope.guarded ? EDIT.guardedClose : EDIT.awaitClose, () => this.visit(node.argument, scope));
  }

  private around(node: AnyNode, scope: Scope, open: number, close: number, inner: () => void): void {
    if (open !== EDIT.awaitOpen) scope.pending = true;
    this.add(node.start, open);
    inner();
    this.add(node.end, close);
  }

  /** A `yield` awaits its operand: what fails is thrown at it. */
  private yield(node: Extract<AnyNode, { type: 'YieldExpression' }>, scope: Scope): void {
    const { argument } = node;
    if (!scope.async || argument == null) return this.children(node, scope);
    if (!node.delegate) {
      if (!scope.guarded) return this.visit(argument, scope);
      return this.around(node, scope, EDIT.yieldOpen, EDIT.yieldClose, () => this.visit(argument, scope));
    }
    this.around(node, scope, EDIT.delegateStart, EDIT.delegateClose, () => {
      this.add(argument.start, EDIT.delegateOpen);
      this.visit(argument, scope);
    });
  }

  private try(node: Extract<AnyNode, { type: 'TryStatement' }>, scope: Scope): void {
    const { guarded } = scope;
    const matters = scope.async;
    scope.guarded = matters;
    this.visit(node.block, scope);
    scope.guarded = guarded || (matters && node.finalizer != null);
    if (node.handler != null) {
      if (node.handler.param != null) this.visit(node.handler.param, scope);
      this.entry(node.handler.body, scope);
    }
    scope.guarded = guarded;
    if (node.finalizer != null) this.entry(node.finalizer, scope);
  }

  private entry(body: AnyNode, scope: Scope): void {
    // An entry without a pending await before it costs an unused declaration, no more.
    if (scope.async && scope.pending) this.add(body.start + 1, EDIT.entry);
    this.visit(body, scope);
  }

  private return(node: Extract<AnyNode, { type: 'ReturnStatement' }>, scope: Scope): void {
    if (node.argument != null) this.result(node.argument, scope, scope.async);
  }

  /** What an async function returns: a promise of something thenable calls its `then` later, in an async generator `return` awaits. */
  private result(node: AnyNode, scope: Scope, async: boolean): void {
    if (async && scope.generator && scope.guarded) {
      scope.pending = true;
      this.add(node.start, EDIT.leaveOpen);
      this.visit(node, scope);
      return this.add(node.end, EDIT.leaveClose);
    }
    const wrapped = async && !scope.generator && mayBeThenable(node);
    if (wrapped) this.add(node.start, EDIT.returnOpen);
    this.visit(node, scope);
    if (wrapped) this.add(node.end, EDIT.returnClose);
  }

  /** `for await`, with its labels: `continue` needs them directly before the loop. */
  private loop(node: AnyNode, scope: Scope): void {
    let loop = node;
    while (loop.type === 'LabeledStatement') loop = loop.body;
    if (loop.type !== 'ForOfStatement' || !(loop.await || disposes(loop.left))) return this.children(node, scope);
    const n = this.holders++;
    scope.holders.push(n);
    this.add(node.start, EDIT.scopeOpen);
    this.visit(loop.left, scope);
    this.add(loop.right.start, loop.await ? EDIT.iterableOpen : EDIT.syncIterableOpen, n);
    this.visit(loop.right, scope);
    this.add(loop.right.end, EDIT.iterableClose);
    this.add(loop.body.start, EDIT.bodyOpen, n);
    if (disposes(loop.left)) this.resource(loop.body.start, n);
    this.visit(loop.body, scope);
    this.add(loop.body.end, EDIT.bodyClose);
    this.add(node.end, EDIT.scopeClose, n);
  }

  /** A block that disposes of something at its end awaits there. */
  private block(node: Extract<AnyNode, { type: 'BlockStatement' }>, scope: Scope): void {
    if (!node.body.some(disposes)) return this.children(node, scope);
    const n = this.holders++;
    scope.holders.push(n);
    this.add(node.start + 1, EDIT.scopeOpen);
    for (const statement of node.body) {
      this.visit(statement, scope);
      if (disposes(statement)) this.resource(statement.end, n);
    }
    this.add(node.end - 1, EDIT.scopeClose, n);
  }

  /** Disposed of first, and at once: it notes the context in which the block is left. */
  private resource(position: number, n: number): void {
    this.add(position, EDIT.resourceName, this.resources++);
    this.add(position, EDIT.resource, n);
  }

  private call(node: Extract<AnyNode, { type: 'CallExpression' }>, scope: Scope): void {
    const text = isEval(node.callee) ? node.arguments[0] : undefined;
    if (text === undefined || text.type === 'SpreadElement') return this.children(node, scope);
    this.visit(node.callee, scope);
    this.add(text.start, EDIT.evalOpen);
    this.visit(text, scope);
    this.add(text.end, EDIT.evalClose);
    for (const more of node.arguments.slice(1)) this.visit(more, scope);
  }
}

const declarations = ({ pending, holders }: Scope): number[] => [...(pending ? [EDIT.variable] : []), ...holders.map((n) => EDIT.holder + KINDS * n)];

const disposes = (node: AnyNode): boolean => node.type === 'VariableDeclaration' && node.kind === 'await using';

/** `eval(…)`, direct or as `(0, eval)(…)`. */
function isEval(callee: AnyNode): boolean {
  if (callee.type === 'ParenthesizedExpression') return isEval(callee.expression);
  if (callee.type === 'SequenceExpression') return isEval(callee.expressions.at(-1) as AnyNode);
  return callee.type === 'Identifier' && callee.name === 'eval';
}

function mayBeThenable(node: AnyNode): boolean {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other kinds give no objects, or new ones without a "then"
  switch (node.type) {
    case 'ParenthesizedExpression': return mayBeThenable(node.expression);
    case 'CallExpression': case 'MemberExpression': case 'ChainExpression': case 'NewExpression': case 'TaggedTemplateExpression': case 'LogicalExpression': case 'ConditionalExpression':
      return true;
    case 'Identifier': return node.name !== 'undefined';
    default: return false;
  }
}

/** In the order of the text. */
function childrenOf(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  // A shorthand property is one place in the text with two nodes.
  const skipped = node.type === 'Property' && node.shorthand ? 'key' : undefined;
  for (const [name, value] of Object.entries(node) as [string, unknown][]) {
    if (name === skipped) continue;
    if (Array.isArray(value)) for (const item of value as unknown[]) { if (isNode(item)) found.push(item); }
    else if (isNode(value)) found.push(value);
  }
  for (let i = 1; i < found.length; i++) if ((found[i - 1] as AnyNode).start > (found[i] as AnyNode).start) return found.sort((a, b) => a.start - b.start);
  return found;
}

const isNode = (value: unknown): value is AnyNode => typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
