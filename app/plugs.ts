/** Connects what other rooms of the system give the workspace: keeping the disk in step, and the installed packages' types. */
import { putBlob, readBlob } from './api/environments.ts';
import { DocumentDiskSync } from './sync/disk-sync.ts';
import { connectPlugs } from './workspace/session.ts';

connectPlugs({
  diskSync: ({ environmentId, document }) => {
    const sync = new DocumentDiskSync(document.doc, {
      whenSaved: () => document.whenSaved(),
      readBlob: (hash) => readBlob(environmentId, hash),
      putBlob: (hash, bytes) => putBlob(environmentId, hash, bytes),
      writes: document.writes,
    });
    return { start: (_doc, container) => sync.start(container), stop: () => sync.stop() };
  },
});
