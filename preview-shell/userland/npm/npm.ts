import { main } from './main.ts';
import { containerPlatform } from './platform.ts';

// main() turns every failure into a status. No top-level await: the bundle may be CommonJS.
void main('npm', process.argv.slice(2), containerPlatform).then((status) => {
  process.exitCode = status;
});
