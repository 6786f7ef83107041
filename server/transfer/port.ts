/** On which port an imported project's dev server will probably listen. The preview follows whichever port opens. */
import type { TemplateFile } from '../environments/templates.ts';

/** Default ports, as their documentation says; the first that the project depends on counts. */
const PORTS: readonly (readonly [string, number])[] = [['astro', 4321], ['next', 3000], ['nuxt', 3000], ['@angular/cli', 4200], ['vite', 5173], ['webpack-dev-server', 8080], ['parcel', 1234]];

/** `undefined` when package.json names none of the tools that are known. */
export function portOf(files: readonly TemplateFile[]): number | undefined {
  const text = files.find(({ path }) => path === 'package.json')?.text;
  if (text === undefined) return undefined;
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as { dependencies?: object; devDependencies?: object };
    const names = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
    return PORTS.find(([name]) => names.has(name))?.[1];
  } catch {
    // Whoever starts the project is told what is wrong with its package.json.
    return undefined;
  }
}
