/**
 * What Node's library takes from amaro, which strips the types of TypeScript files (nodejs.org/api/typescript.html). Enums, namespaces and parameter
 * properties, which Node refuses unless told to transform, are transformed.
 */
import { transforms, type Transforms } from './transforms.ts';

interface StripOptions {
  readonly mode: 'strip-only' | 'transform';
  readonly sourceMap?: boolean;
  readonly filename?: string;
}

/** `module.exports` of the library's internal/deps/amaro/dist/index. */
export const TYPE_STRIPPER_ID = 'internal/deps/amaro/dist/index';

export const transformSync = (source: string, options: StripOptions): { code: string } => ({ code: strip(transforms.get().stripTypes, source, options) });

/** @throws an object with `code` 'InvalidSyntax' for what is no TypeScript, as amaro does */
export function strip(stripTypes: Transforms['stripTypes'], source: string, { filename = '' }: StripOptions): string {
  try {
    return stripTypes(source);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [, message = error.message, line = '1'] = /^(?:Error transforming [^:]*: )?(.*?)(?: \((\d+):\d+\))?$/s.exec(error.message) ?? [];
    const snippet = source.split('\n')[Number(line) - 1] ?? '';
    throw Object.assign(new Error(message), { code: 'InvalidSyntax', filename, startLine: Number(line), snippet });
  }
}
