import { Camera, Eraser, RotateCcw, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { FormEvent } from 'react';
import { deleteSnapshot, listSnapshots, resetDatabase, restoreSnapshot, takeSnapshot } from '../../../api/backend.ts';
import type { BackendSnapshot } from '../../../api/backend.ts';
import { attempt, toast } from '../../../state/toasts.ts';
import { Button, IconButton } from '../../../ui/controls.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { PanelLoad } from '../../../ui/PanelLoad.tsx';
import { bytes } from './format.ts';
import { useCall } from './use-call.ts';

type Asked = { what: 'reset' } | { what: 'restore' | 'delete'; snapshot: BackendSnapshot };

/** The data as it was: kept, brought back, or all of it emptied. */
export function BackendData({ environmentId, canWrite }: { environmentId: string; canWrite: boolean }) {
  const read = useCallback((signal: AbortSignal) => listSnapshots(environmentId, signal), [environmentId]);
  const { value: snapshots, error, reload } = useCall(read);
  const [asked, setAsked] = useState<Asked>();
  const [isBusy, setBusy] = useState(false);
  const act = (done: string, work: () => Promise<unknown>) => {
    setBusy(true);
    setAsked(undefined);
    attempt(() => work().then(() => toast({ kind: 'success', message: done })).finally(() => (setBusy(false), reload())));
  };
  return (
    <div className="list backend-data">
      {canWrite && (
        <div className="backend-data-head">
          <NewSnapshot isBusy={isBusy} onTake={(name) => act(`“${name}” is kept.`, () => takeSnapshot(environmentId, name))} />
          <Button kind="danger" small disabled={isBusy} onClick={() => setAsked({ what: 'reset' })}>
            <Eraser size={13} /> Empty the database
          </Button>
        </div>
      )}
      <PanelLoad isLoaded={snapshots !== undefined} error={error} label="Loading the snapshots" />
      {snapshots?.length === 0 && <p className="panel-empty">No snapshot yet. One keeps every row as it is at this moment.</p>}
      <ul aria-label="Snapshots, newest first">
        {snapshots?.map((snapshot) => (
          <li key={snapshot.id} className="backend-snapshot">
            <span className="list-text">{snapshot.name}</span>
            <span className="hint">
              {new Date(snapshot.at).toLocaleString()} · {bytes(snapshot.bytes)}
            </span>
            {canWrite && (
              <>
                <Button small disabled={isBusy} onClick={() => setAsked({ what: 'restore', snapshot })} aria-label={`Restore ${snapshot.name}`}>
                  <RotateCcw size={12} /> Restore
                </Button>
                <IconButton label={`Delete ${snapshot.name}`} small disabled={isBusy} onClick={() => setAsked({ what: 'delete', snapshot })}>
                  <Trash2 size={13} />
                </IconButton>
              </>
            )}
          </li>
        ))}
      </ul>
      {asked?.what === 'reset' && (
        <Confirm title="Empty the database?" text="All tables and rows are deleted, and the migrations are applied anew. Without a snapshot this cannot be taken back." yes="Empty it" onClose={() => setAsked(undefined)} onYes={() => act('The database is empty.', () => resetDatabase(environmentId))} />
      )}
      {asked?.what === 'restore' && (
        <Confirm title={`Restore “${asked.snapshot.name}”?`} text="What the database holds is replaced by what it held then." yes="Restore" onClose={() => setAsked(undefined)} onYes={() => act(`The data is as in “${asked.snapshot.name}”.`, () => restoreSnapshot(environmentId, asked.snapshot.id))} />
      )}
      {asked?.what === 'delete' && (
        <Confirm title={`Delete “${asked.snapshot.name}”?`} text="The snapshot is gone for good; the database stays as it is." yes="Delete" onClose={() => setAsked(undefined)} onYes={() => act(`“${asked.snapshot.name}” is deleted.`, () => deleteSnapshot(environmentId, asked.snapshot.id))} />
      )}
    </div>
  );
}

function NewSnapshot({ isBusy, onTake }: { isBusy: boolean; onTake: (name: string) => void }) {
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onTake(name.trim());
    setName('');
  };
  return (
    <form onSubmit={submit}>
      <input className="input" aria-label="Name of the snapshot" placeholder="Before the big change" maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      <Button small type="submit" disabled={isBusy || name.trim() === ''}>
        <Camera size={13} /> Keep a snapshot
      </Button>
    </form>
  );
}

function Confirm({ title, text, yes, onClose, onYes }: { title: string; text: string; yes: string; onClose: () => void; onYes: () => void }) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" onClick={onYes}>
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}
