import { createStore } from 'zustand/vanilla';
import { describeError, isAbort } from './describe-error.ts';

export interface Toast {
  id: number;
  kind: 'info' | 'success' | 'error';
  message: string;
  code?: string;
  action?: { label: string; run: () => void };
}

/** Information leaves by itself after this many milliseconds; errors stay until they are closed. */
export const TOAST_LIFE = 5000;
const MOST = 4;

export const toasts = createStore<Toast[]>(() => []);
let nextId = 1;

export function toast(fields: Omit<Toast, 'id'>): number {
  const id = nextId++;
  toasts.setState((all) => [...all, { id, ...fields }].slice(-MOST), true);
  return id;
}

/** Shows a failure; an aborted call is none. */
export function toastError(error: unknown): void {
  if (!isAbort(error)) toast({ kind: 'error', ...describeError(error) });
}

export function dismissToast(id: number): void {
  toasts.setState((all) => all.filter((one) => one.id !== id), true);
}

/** For event handlers: runs work and shows how it failed. */
export function attempt(work: () => Promise<unknown> | void): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(toastError);
  } catch (error) {
    toastError(error);
  }
}
