import { useEffect, useState } from 'react';
import type { FormEvent } from 'react';
import { createEnvironment } from '../../api/environments.ts';
import type { Template } from '../../api/environments.ts';
import { describeError } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';
import { navigate, workspacePath } from '../../state/router.ts';
import { Button, ErrorText } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

/** Creates an environment from a template and goes there; the cards are radio buttons, so arrow keys move among them. */
export function CreateDialog({ templates, onClose }: { templates: Template[] | undefined; onClose: () => void }) {
  const [template, setTemplate] = useState(templates?.[0]?.id ?? '');
  const [task, setTask] = useState('');
  const [agent, setAgent] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Described>();

  useEffect(() => {
    // Somebody is about to open a workspace: the editor is read and compiled while they choose, and not while the container boots.
    import('../workspace/CodeEditor.tsx').catch(() => {});
  }, []);

  const chosen = template === '' ? (templates?.[0]?.id ?? '') : template;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const taskId = task.trim() === '' ? `${chosen}-${Math.random().toString(36).slice(2, 6)}` : task.trim();
      const id = await createEnvironment({ taskId, template: chosen, ...(agent.trim() === '' ? {} : { agentId: agent.trim() }) });
      navigate(workspacePath(id));
    } catch (failure) {
      setError(describeError(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog title="New environment" wide onClose={onClose}>
      <form className="create-form" onSubmit={(event) => void submit(event)}>
        <fieldset className="template-grid">
          <legend className="field-label">Template</legend>
          {templates === undefined && <p>Loading templates…</p>}
          {templates?.map((one) => (
            <label key={one.id} className="template-card">
              <input type="radio" name="template" value={one.id} checked={chosen === one.id} onChange={() => setTemplate(one.id)} onDoubleClick={(event) => event.currentTarget.form?.requestSubmit()} />
              <span className="template-mark" data-template={one.id} aria-hidden="true">
                {one.title.slice(0, 2)}
              </span>
              <span>
                <strong>{one.title}</strong>
                <span className="template-text">{one.description}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="create-fields">
          <div className="field">
            <label htmlFor="task">Task</label>
            <input id="task" className="input" maxLength={128} placeholder="What it is for (made up if empty)" value={task} onChange={(event) => setTask(event.target.value)} />
          </div>
          <div className="field">
            <label htmlFor="agent">Agent</label>
            <input id="agent" className="input" maxLength={128} placeholder="None" value={agent} onChange={(event) => setAgent(event.target.value)} />
          </div>
        </div>
        <div className="field-error" role="alert">
          {error !== undefined && <ErrorText error={error} />}
        </div>
        <div className="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={busy || chosen === ''}>
            {busy ? 'Creating…' : 'Create'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
