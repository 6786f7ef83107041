import { main } from './main.ts';
import { containerPlatform } from './platform.ts';

process.exitCode = await main('npx', process.argv.slice(2), containerPlatform);
