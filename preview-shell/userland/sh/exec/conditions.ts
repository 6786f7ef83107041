import fs from 'node:fs';
import path from 'node:path';
import { expandPieces, expandText, type ExpansionHost } from '../expand/expand.ts';
import { matches } from '../expand/patterns.ts';
import type { Condition } from '../parser/ast.ts';

/** `[[ … ]]`. */
export async function holds(host: ExpansionHost, condition: Condition): Promise<boolean> {
  switch (condition.kind) {
    case 'and': return (await holds(host, condition.left)) && holds(host, condition.right);
    case 'or': return (await holds(host, condition.left)) || holds(host, condition.right);
    case 'not': return !(await holds(host, condition.operand));
    case 'unary': return unaryTest(host.state.cwd, condition.op, await expandText(host, condition.operand), (name) => host.state.get(name) !== undefined);
    case 'binary': {
      const left = await expandText(host, condition.left);
      if (condition.op === '=' || condition.op === '==') return matches(await expandPieces(host, condition.right), left);
      if (condition.op === '!=') return !matches(await expandPieces(host, condition.right), left);
      const right = await expandText(host, condition.right);
      return condition.op === '=~' ? new RegExp(right, 'u').test(left) : binaryTest(host.state.cwd, left, condition.op, right);
    }
  }
}

export function unaryTest(cwd: string, op: string, operand: string, isSet: (name: string) => boolean): boolean {
  if (op === '-n') return operand !== '';
  if (op === '-z') return operand === '';
  if (op === '-v') return isSet(operand);
  if (op === '-t') return Number(operand) <= 2 && [process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY][Number(operand)] === true;
  const file = path.resolve(cwd, operand);
  const stat = operand === '' ? undefined : op === '-h' || op === '-L' ? fs.lstatSync(file, { throwIfNoEntry: false }) : fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  switch (op) {
    case '-e':
    case '-a': return true;
    case '-f': return stat.isFile();
    case '-d': return stat.isDirectory();
    case '-h':
    case '-L': return stat.isSymbolicLink();
    case '-s': return stat.size > 0;
    case '-p': return stat.isFIFO();
    case '-S': return stat.isSocket();
    case '-b': return stat.isBlockDevice();
    case '-c': return stat.isCharacterDevice();
    case '-r': return accessible(file, fs.constants.R_OK);
    case '-w': return accessible(file, fs.constants.W_OK);
    case '-x': return accessible(file, fs.constants.X_OK);
    default: throw Object.assign(new Error(`${op}: unknown condition`), { status: 2 });
  }
}

function accessible(file: string, mode: number): boolean {
  try {
    fs.accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

const integer = (text: string): number => {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw Object.assign(new Error(`${text}: integer expression expected`), { status: 2 });
  return Number(text);
};

export function binaryTest(cwd: string, left: string, op: string, right: string): boolean {
  const stat = (file: string): fs.Stats | undefined => fs.statSync(path.resolve(cwd, file), { throwIfNoEntry: false });
  switch (op) {
    case '=':
    case '==': return left === right;
    case '!=': return left !== right;
    case '<': return left < right;
    case '>': return left > right;
    case '-eq': return integer(left) === integer(right);
    case '-ne': return integer(left) !== integer(right);
    case '-lt': return integer(left) < integer(right);
    case '-le': return integer(left) <= integer(right);
    case '-gt': return integer(left) > integer(right);
    case '-ge': return integer(left) >= integer(right);
    case '-nt': return (stat(left)?.mtimeMs ?? -1) > (stat(right)?.mtimeMs ?? -1);
    case '-ot': return (stat(left)?.mtimeMs ?? Infinity) < (stat(right)?.mtimeMs ?? -1);
    case '-ef': return stat(left)?.ino === stat(right)?.ino && stat(left) !== undefined;
    default: throw Object.assign(new Error(`${op}: unknown operator`), { status: 2 });
  }
}
