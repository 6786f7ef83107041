import { Trash2 } from 'lucide-react';
import type { Environment } from '../../api/environments.ts';
import { attempt, toast } from '../../state/toasts.ts';
import { Button } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { endEnvironment } from '../../workspace/end-environment.ts';
import { refreshEnvironments } from './environments-store.ts';

export function EndDialog({ environments, onClose }: { environments: Environment[]; onClose: () => void }) {
  const [only] = environments;
  const what = environments.length === 1 ? (only?.taskId ?? '') : `${environments.length} environments`;
  const end = async () => {
    onClose();
    const outcomes = await Promise.allSettled(environments.map(({ environmentId, port }) => endEnvironment(environmentId, port)));
    await refreshEnvironments();
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    toast({ kind: 'success', message: `${what} ${environments.length === 1 ? 'is' : 'are'} terminated.` });
  };
  return (
    <Dialog title={`Terminate ${what}?`} onClose={onClose}>
      <p>{environments.length === 1 ? 'Its files, its history, its container and its previews are' : 'Their files, histories, containers and previews are'} deleted for everybody. This cannot be undone.</p>
      {environments.length > 1 && <p className="hint">{environments.map(({ taskId }) => taskId).join(', ')}</p>}
      <div className="dialog-foot">
        <Button onClick={onClose}>{environments.length === 1 ? 'Keep it' : 'Keep them'}</Button>
        <Button kind="danger" onClick={() => attempt(end)}>
          <Trash2 size={14} /> Terminate
        </Button>
      </div>
    </Dialog>
  );
}
