/** The context that AsyncLocalStorage reads (V8's continuation preserved embedder data), one for each thread. */

/** No context, as a value that is true: rewritten text asks whether one is pending. */
const NONE: object = Object.freeze({});

let current: unknown = NONE;

export const getFrame = (): unknown => (current === NONE ? undefined : current);

export function setFrame(frame: unknown): void {
  current = frame === undefined ? NONE : frame;
}

/** Whatever the last micro-task left is nobody's. */
export function clearFrame(): void {
  current = NONE;
}

/** Never false. */
export type Held = unknown;

export const holdFrame = (): Held => current;

export function restoreFrame(held: Held): void {
  current = held;
}
