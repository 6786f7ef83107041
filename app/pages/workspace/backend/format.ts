import type { Cell } from '../../../api/backend.ts';

export function bytes(size: number): string {
  if (size < 1024) return `${Math.round(size)} B`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(1)} kB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

export const clock = (at: number): string => new Date(at).toLocaleTimeString([], { hour12: false });

/** A cell as text; a BLOB by its length. */
export function cellText(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'object') return `${Math.floor((cell.base64.replace(/=+$/, '').length * 3) / 4)} bytes`;
  return String(cell);
}
