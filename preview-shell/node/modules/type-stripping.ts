/**
 * What Node's library takes from amaro, which strips the types of TypeScript files (nodejs.org/api/typescript.html): lines stay, columns may not.
 * Enums, namespaces and parameter properties, which Node refuses unless told to transform, are transformed.
 */
import { transform } from 'sucrase';

interface StripOptions {
  readonly mode: 'strip-only' | 'transform';
  readonly sourceMap?: boolean;
  readonly filename?: string;
}

/** `module.exports` of the library's internal/deps/amaro/dist/index. */
export const TYPE_STRIPPER_ID = 'internal/deps/amaro/dist/index';

/** @throws an object with `code` 'InvalidSyntax' for what is no TypeScript, as amaro does */
export function transformSync(source: string, { filename = '' }: StripOptions): { code: string } {
  try {
    return { code: transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true }).code };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [, message = error.message, line = '1'] = /^(?:Error transforming [^:]*: )?(.*?)(?: \((\d+):\d+\))?$/s.exec(error.message) ?? [];
    const snippet = source.split('\n')[Number(line) - 1] ?? '';
    throw Object.assign(new Error(message), { code: 'InvalidSyntax', filename, startLine: Number(line), snippet });
  }
}
