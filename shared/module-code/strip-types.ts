/** Takes the types out of a TypeScript file; enums, namespaces and parameter properties become what they mean. Lines stay, columns may not. */
import { transform } from 'sucrase';

/** @throws {Error} whose message ends with " (line:column)" for what is no TypeScript */
export const stripTypes = (source: string): string => transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true }).code;
