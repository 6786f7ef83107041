/** Text without ANSI control sequences (ECMA-48), as a person would copy it: of what a carriage return went over, the last. */
export function plainText(output: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const text = output.replace(/\x1b\[\d*G|\x1b\[2K/g, '\r').replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, '');
  return text.split(/\r*\n/).map((line) => line.split('\r').findLast((part) => part !== '') ?? '').join('\n');
}
