import type { Tool } from '../lib/context.ts';

/** The container's own tools by name; each is loaded when it is first used. */
export const TOOLS: Readonly<Record<string, () => Promise<Tool> | Tool>> = {};
