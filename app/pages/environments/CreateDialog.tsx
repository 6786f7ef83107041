import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { createEnvironment } from '../../api/environments.ts';
import { ApiError } from '../../api/request.ts';
import type { Template } from '../../api/environments.ts';
import { beginHeadStart } from '../../workspace/head-start.ts';
import type { HeadStart } from '../../workspace/head-start.ts';
import { describeError } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';
import { navigate, workspacePath } from '../../state/router.ts';
import { Button, ErrorText } from '../../ui/controls.tsx';
import { createFrom } from '../../api/transfer.ts';
import type { ImportSource } from '../../api/transfer.ts';
import { ImportFields } from '../../ui/ImportFields.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

/** Long enough to pass over a card with the arrow keys, in milliseconds. */
const CHOSEN_AFTER = 400;

/** Creates an environment from a template and goes there; the cards are radio buttons, so arrow keys move among them. */
export function CreateDialog({ templates, onClose }: { templates: Template[] | undefined; onClose: () => void }) {
  const [from, setFrom] = useState<'template' | 'import'>('template');
  const [source, setSource] = useState<{ source: ImportSource; name: string }>();
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
  const headStart = useHeadStart(from === 'template' ? chosen : '');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      if (from === 'import') return await importNew();
      const taskId = task.trim() === '' ? madeUpTask(chosen) : task.trim();
      const id = await create({ taskId, template: chosen, ...(agent.trim() === '' ? {} : { agentId: agent.trim() }) }, headStart.current?.draft);
      navigate(workspacePath(id));
    } catch (failure) {
      setError(describeError(failure));
      setBusy(false);
    }
  };

  async function importNew(): Promise<void> {
    if (source === undefined) return;
    const { environmentId } = await createFrom({ taskId: task.trim() === '' ? source.name.slice(0, 128) || 'Imported' : task.trim(), ...(agent.trim() === '' ? {} : { agentId: agent.trim() }) }, source.source);
    navigate(workspacePath(environmentId));
  }

  return (
    <Dialog title="New environment" wide onClose={onClose}>
      <form className="create-form" onSubmit={(event) => void submit(event)}>
        {from === 'import' && <ImportFields onSource={(chosenSource, name) => setSource(chosenSource === undefined ? undefined : { source: chosenSource, name })} />}
        <fieldset className="template-grid" hidden={from !== 'template'}>
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
          <Button onClick={() => setFrom(from === 'template' ? 'import' : 'template')}>{from === 'template' ? 'Import a project instead' : 'Use a template instead'}</Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={busy || (from === 'template' ? chosen === '' : source === undefined)}>
            {busy ? (from === 'import' ? 'Importing…' : 'Creating…') : 'Create'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const madeUpTask = (template: string): string => `${template}-${Math.random().toString(36).slice(2, 6)}`;

type Fields = Parameters<typeof createEnvironment>[0];

/** A draft that was given up meanwhile costs the head start, nothing else. */
async function create(fields: Fields, draft: string | undefined): Promise<string> {
  if (draft === undefined) return createEnvironment(fields);
  return createEnvironment({ ...fields, reservation: draft }).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === 'E-TERRARIUM-1010') return createEnvironment(fields);
    throw error;
  });
}

/** What is being created, starting since a template is chosen. */
function useHeadStart(template: string): { readonly current: HeadStart | undefined } {
  const current = useRef<HeadStart>(undefined);
  const changes = useRef(0);
  useEffect(() => {
    if (template === '') return;
    const begun = beginHeadStart(template, changes.current++ === 0 ? 0 : CHOSEN_AFTER);
    current.current = begun;
    return () => begun.end();
  }, [template]);
  return current;
}
