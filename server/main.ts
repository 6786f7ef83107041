/** Entry: `node server/main.ts`. Settings: README.md. */
import path from 'node:path';
import { TerrariumError } from '../shared/errors/error.ts';
import { createLogger } from './logger.ts';
import { createTerrarium } from './server.ts';
import { loadSettings } from './settings.ts';

const logger = createLogger();

async function main(): Promise<void> {
  const settings = await loadSettings(path.resolve(import.meta.dirname, '..'), process.env);
  for (const warning of settings.warnings) console.warn(`Note: ${warning}`);
  const terrarium = await createTerrarium(settings, logger);
  await terrarium.listen();
  stopOnSignals(() => terrarium.close());
  console.log(`Sign in: ${terrarium.signInLink}`);
  console.log(`Terrarium is ready at ${settings.baseOrigin}`);
}

/** The first signal stops in order, the second at once. */
function stopOnSignals(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('Shutdown failed', { error: String(error) });
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}

main().catch((error: unknown) => {
  const explained = error instanceof TerrariumError || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  console.error(explained ? (error as Error).message : error);
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') console.error('Another program uses this port: stop it, or choose another one with PORT=….');
  process.exitCode = 1;
});
