/** Connects what other rooms of the system give the workspace: keeping the disk in step, and the installed packages' types. */
import { putBlob, readBlob } from './api/environments.ts';
import { DocumentDiskSync } from './sync/disk-sync.ts';
import { InstalledTypes } from './editor/installed-types.ts';
import { connectPlugs } from './workspace/session.ts';
import { origins } from '../shared/hosts.ts';

connectPlugs({
  diskSync: ({ environmentId, document }) => {
    const sync = new DocumentDiskSync(document.doc, {
      whenSaved: () => document.whenSaved(),
      readBlob: (hash) => readBlob(environmentId, hash),
      putBlob: (hash, bytes) => putBlob(environmentId, hash, bytes),
      writes: document.writes,
    });
    return { start: (_doc, container) => sync.start(container), stop: () => sync.stop(), status: sync.status, onBrought: (listener) => sync.onBrought(listener), settled: () => sync.settled() };
  },
  types: ({ state }) => new InstalledTypes({
    packagesOrigin: origins(location.origin).packages,
    projectRoot: '/home/project',
    container: () => state.getState().container,
    onContainer: (callback) => state.subscribe((now, before) => now.container !== undefined && now.container !== before.container && callback()),
  }),
});
