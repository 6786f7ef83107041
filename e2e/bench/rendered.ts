/** Runs in a page: whether the React template shows itself. */
export const RENDERED = (): boolean => document.querySelector('h1')?.textContent === 'React + TypeScript' && document.querySelector('button') !== null;
