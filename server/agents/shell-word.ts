/** One word of the shell, whatever is in it (POSIX Shell Command Language, 2.2.2). */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
