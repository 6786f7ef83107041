/** A relative path with no empty, "." or ".." part, no NUL, no backslash, at most 1024 UTF-16 units. */
export function isProjectPath(path: string): boolean {
  if (path.length === 0 || path.length > 1024 || path.includes('\0') || path.includes('\\')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.length <= 255);
}
