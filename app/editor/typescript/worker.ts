/** The TypeScript worker's entry: the editor's own worker, with the project's configuration and with the standard declarations fetched as data. */
import type { CreateData, WorkerContext } from './project-service.ts';

/** What arrives while the compiler is being loaded; without a listener it would be lost. */
const early: MessageEvent[] = [];
self.onmessage = (event) => void early.push(event);

const [{ initialize }, { ProjectService }] = await Promise.all([import('monaco-editor/language/typescript/ts.worker.js'), import('./project-service.ts')]);

/** The editor's first message only wakes a worker; the one after it carries the data. */
self.onmessage = () => initialize((context: WorkerContext, createData: CreateData) => new ProjectService(context, createData));
for (const event of early) self.onmessage(event);
