/** The syntax tree of the shell command language (POSIX.1-2024, XCU 2.10), with the few extensions of SPEC.md. */

export type Word = Part[];

export type Part =
  /** Literal characters; quoted ones are neither split nor patterns. */
  | { kind: 'text'; value: string; quoted: boolean }
  | { kind: 'double'; parts: Part[] }
  | { kind: 'param'; name: string; op?: ParamOp }
  | { kind: 'command'; body: List }
  | { kind: 'arith'; parts: Part[] };

export type ParamOp =
  | { kind: 'length' }
  | { kind: 'indirect' }
  /** `-`, `=`, `?`, `+`; `colon` makes the empty value count as unset. */
  | { kind: 'default' | 'assign' | 'error' | 'alternative'; colon: boolean; word: Word }
  | { kind: 'trim'; side: 'prefix' | 'suffix'; longest: boolean; pattern: Word }
  | { kind: 'slice'; offset: Part[]; length: Part[] | undefined }
  | { kind: 'replace'; all: boolean; anchor: '' | '#' | '%'; pattern: Word; with: Word }
  | { kind: 'case'; upper: boolean; all: boolean };

export interface Assignment {
  name: string;
  append: boolean;
  value: Word;
}

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '<<' | '<<<' | '&>' | '&>>';

export interface Redirect {
  op: RedirectOperator;
  /** Descriptor number, when written; otherwise 0 or 1 by operator. */
  fd: number | undefined;
  /** The target word; for a here-document its body. */
  target: Word;
}

export interface SimpleCommand {
  kind: 'simple';
  line: number;
  assignments: Assignment[];
  words: Word[];
  redirects: Redirect[];
}

export type CompoundBody =
  | { kind: 'subshell' | 'group'; body: List }
  | { kind: 'if'; clauses: { test: List; body: List }[]; otherwise: List | undefined }
  | { kind: 'while'; until: boolean; test: List; body: List }
  | { kind: 'for'; name: string; words: Word[] | undefined; body: List }
  | { kind: 'arithFor'; init: Part[]; test: Part[]; step: Part[]; body: List }
  | { kind: 'case'; word: Word; items: CaseItem[] }
  | { kind: 'arithCommand'; parts: Part[] }
  | { kind: 'condition'; test: Condition };

export type CompoundCommand = CompoundBody & { line: number; redirects: Redirect[] };

export interface CaseItem {
  patterns: Word[];
  body: List;
  fallThrough: boolean;
}

export interface FunctionDefinition {
  kind: 'function';
  line: number;
  name: string;
  body: CompoundCommand;
}

export type Condition =
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'not'; operand: Condition }
  | { kind: 'unary'; op: string; operand: Word }
  | { kind: 'binary'; op: string; left: Word; right: Word };

export type Command = SimpleCommand | CompoundCommand | FunctionDefinition;

export interface Pipeline {
  negated: boolean;
  timed: boolean;
  commands: Command[];
}

export interface AndOr {
  first: Pipeline;
  rest: { op: '&&' | '||'; pipeline: Pipeline }[];
  background: boolean;
  /** Source text, shown by `jobs`. */
  source: string;
}

export type List = AndOr[];

/** `incomplete` tells the line editor that more input could make it right. */
export class ShellSyntaxError extends Error {
  readonly line: number;
  readonly incomplete: boolean;

  constructor(message: string, line: number, incomplete = false) {
    super(`Syntax error: ${message}`);
    this.line = line;
    this.incomplete = incomplete;
  }
}
