/**
 * A module that imports itself gets itself (rule P14). Each URL is a module instance of its own, and a dev server that marks changed modules
 * with the time of the change (Vite, `?t=`) writes the newest time into every import. `@vitejs/plugin-react` lets each component module import
 * itself. A file that changes while it is being transformed is then served with the text from before and an import of the text that comes
 * after: the newer one runs first, the older one last, and React shows the older one until the next change.
 */

/** An import that stands on a line of its own, as dev servers write theirs. */
const IMPORT = /^(import [^"'\n]* from )"([^"\n]+)"/gm;

/** Whether a script may be such a module: packages do not change while their page is open. */
export const mayImportItself = ({ pathname }: URL): boolean => !/^\/(?:@|node_modules\/)/.test(pathname);

/** `text`, served as `url`, with its imports of the same module at another time led to `url`. No line moves, so that source maps hold. */
export function ownInstance(text: string, url: URL): string {
  const itself = timeless(url);
  return text.replace(IMPORT, (statement, before: string, specifier: string) => {
    if (!/^\.{0,2}\//.test(specifier)) return statement;
    return timeless(new URL(specifier, url)) === itself ? `${before}"${url.pathname}${url.search}"` : statement;
  });
}

function timeless(url: URL): string {
  const copy = new URL(url);
  copy.searchParams.delete('t');
  return copy.href;
}
