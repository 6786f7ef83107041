import { useState } from 'react';
import type { FormEvent } from 'react';
import { restoreRevision } from '../../api/history.ts';
import { importInto } from '../../api/transfer.ts';
import type { ImportSource } from '../../api/transfer.ts';
import { describeError } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';
import { attempt, toast } from '../../state/toasts.ts';
import { Button, ErrorText } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ImportFields } from '../../ui/ImportFields.tsx';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** Imports over the files of the open environment. */
export function ImportDialog({ session, onClose }: { session: WorkspaceSession; onClose: () => void }) {
  const [source, setSource] = useState<ImportSource>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Described>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (source === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      const { files, skipped, undo } = await importInto(session.environmentId, source);
      toast({ kind: 'success', message: `${files} files are imported${skipped > 0 ? `, ${skipped} left out` : ''}.`, action: { label: 'Undo', run: () => attempt(() => restoreRevision(session.environmentId, undo)) } });
      onClose();
    } catch (failure) {
      setError(describeError(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Import into this environment" wide onClose={onClose}>
      <form className="create-form" onSubmit={(event) => void submit(event)}>
        <ImportFields onSource={setSource} />
        <p className="hint">Files with the same path are replaced, others stay. The import is one step of the history and can be undone.</p>
        <div className="field-error" role="alert">
          {error !== undefined && <ErrorText error={error} />}
        </div>
        <div className="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={busy || source === undefined}>
            {busy ? 'Importing…' : 'Import'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
