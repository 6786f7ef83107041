/** A tool, or a builtin that POSIX has as a program too, as a process of its own. */
import process from 'node:process';
import { runTool } from './exec/tool.ts';
import { ownTools } from './own-tools.ts';
import { createShell, runWhole } from './run.ts';

export function runAlone(name: string): void {
  const shell = createShell(ownTools);
  shell.state.name = name;
  const argv = [name, ...process.argv.slice(2)];
  const running = (async () => {
    const tool = await ownTools.find(name, shell.state);
    if (tool !== undefined) return runTool(shell, tool, argv);
    shell.state.parameters = argv.slice(1);
    return runWhole(shell, `${name} "$@"`);
  })();
  void running.then((status) => process.exit(status));
}
