/** The server of the load, in a process of its own: `node load-server.ts <port> <data folder> <token> <environments>`. As configured, but for how many may be active. */
import path from 'node:path';
import { createTerrarium } from '../../server/server.ts';
import { loadSettings } from '../../server/settings.ts';

const [port, data, token, environments] = process.argv.slice(2);
if (port === undefined || data === undefined || token === undefined || environments === undefined) throw new Error('Usage: load-server.ts <port> <data folder> <token> <environments>');
const settings = await loadSettings(path.resolve(import.meta.dirname, '../..'), { PORT: port, TERRARIUM_DATA: data, TERRARIUM_OWNER_TOKEN: token });
const { config } = settings;
const quiet = { info: () => undefined, warn: console.error, error: console.error };
const terrarium = await createTerrarium({ ...settings, config: { ...config, resources: { ...config.resources, max_active: Number(environments) } } }, quiet);
await terrarium.listen();
console.log('ready');
