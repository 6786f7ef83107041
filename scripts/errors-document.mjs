/** Writes docs/errors.md from the table: `npm run node scripts/errors-document.mjs`. A unit test fails when it is not up to date. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './setup/run.mjs';

/** @param {Record<string, {status: number, severity: string, retryable: boolean, message: string, next: string}>} errors */
export function errorsDocument(errors) {
  const sections = Object.entries(errors)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([code, { status, severity, retryable, message, next }]) => [`## ${code}`, '', message, '', `**What to do:** ${next}`, '', `HTTP status ${status} · ${severity} · ${retryable ? 'retryable' : 'not retryable'}`, ''].join('\n'));
  return `# Errors\n\nMade from \`shared/errors/table.ts\` by \`scripts/errors-document.mjs\`. Words in braces are filled in.\n\n${sections.join('\n')}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { ERRORS } = await import('../shared/errors/table.ts');
  await writeFile(path.join(ROOT, 'docs', 'errors.md'), errorsDocument(ERRORS));
}
