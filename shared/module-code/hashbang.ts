/** A hashbang stands only at the start of a file (ECMA-262, 12.5): where text is put behind other text it becomes a comment of the same line. */
export const withoutHashbang = (source: string): string => (source.startsWith('#!') ? `//${source}` : source);
