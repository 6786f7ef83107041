import { constants } from 'node:os';

const NUMBERS = new Map<string, number>(Object.entries(constants.signals));

/** `TERM`, `SIGTERM`, `term` or `15` to `SIGTERM`; `0` and `EXIT` to `EXIT`. */
export function signalName(text: string): string | undefined {
  if (text === '0' || text.toUpperCase() === 'EXIT') return 'EXIT';
  if (/^\d+$/.test(text)) return [...NUMBERS].find(([, number]) => number === Number(text))?.[0];
  const name = text.toUpperCase();
  const full = name.startsWith('SIG') ? name : `SIG${name}`;
  return NUMBERS.has(full) ? full : undefined;
}

export function signalNumber(name: string): number {
  return NUMBERS.get(name) ?? 0;
}

export function signalStatus(name: string): number {
  return 128 + signalNumber(name);
}

/** Name without SIG and number of every signal, by number. */
export function allSignals(): [string, number][] {
  const byNumber = new Map<number, string>();
  for (const [name, number] of NUMBERS) if (!byNumber.has(number)) byNumber.set(number, name.slice(3));
  return [...byNumber].map(([number, name]): [string, number] => [name, number]).sort((a, b) => a[1] - b[1]);
}
