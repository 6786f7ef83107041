import { Lock, Plus, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { getSettings, removeHost, removeVariable, setHost, setVariable } from '../../../api/backend-settings.ts';
import type { BackendSettings as Settings } from '../../../api/backend-settings.ts';
import { attempt } from '../../../state/toasts.ts';
import { Button, IconButton } from '../../../ui/controls.tsx';
import { PanelLoad } from '../../../ui/PanelLoad.tsx';
import { useCall } from './use-call.ts';

/** What the backend is given, and whom it may call: for the owner alone. */
export function BackendSettings({ environmentId }: { environmentId: string }) {
  const read = useCallback((signal: AbortSignal) => getSettings(environmentId, signal), [environmentId]);
  const { value, error } = useCall(read);
  const [changed, setChanged] = useState<Settings>();
  const [isBusy, setBusy] = useState(false);
  const settings = changed ?? value;
  /** `onDone`: what was typed stays where it was refused. */
  const act = (work: () => Promise<Settings>, onDone: () => void = () => undefined) => {
    setBusy(true);
    attempt(() => work().then((answer) => (setChanged(answer), onDone())).finally(() => setBusy(false)));
  };
  if (settings === undefined) return <PanelLoad isLoaded={false} error={error} label="Loading the settings" />;
  return (
    <div className="list backend-settings">
      <section aria-label="Variables and secrets">
        <h3>Variables and secrets</h3>
        <p className="hint">
          The code has them on <code>env</code>. They are no part of the project; a secret’s value is never shown again.
        </p>
        <ul>
          {settings.variables.map(({ name, secret, value: text }) => (
            <Item key={name} name={name} isBusy={isBusy} onRemove={() => act(() => removeVariable(environmentId, name))}>
              {secret ? (
                <span className="chip">
                  <Lock size={11} /> secret
                </span>
              ) : (
                <code className="code list-text">{text}</code>
              )}
            </Item>
          ))}
        </ul>
        <NewVariable isBusy={isBusy} onSet={(name, text, secret, onDone) => act(() => setVariable(environmentId, name, text, secret), onDone)} />
      </section>
      <section aria-label="Hosts">
        <h3>Hosts it may call</h3>
        <p className="hint">Nothing else is reached, and of these only what this deployment allows. A credential is added on the way: the code never sees it.</p>
        <ul>
          {settings.hosts.map(({ host, header }) => (
            <Item key={host} name={host} isBusy={isBusy} onRemove={() => act(() => removeHost(environmentId, host))}>
              {header !== null && (
                <span className="chip">
                  <Lock size={11} /> {header}
                </span>
              )}
            </Item>
          ))}
        </ul>
        <NewHost isBusy={isBusy} onSet={(host, credential, onDone) => act(() => setHost(environmentId, host, credential), onDone)} />
      </section>
    </div>
  );
}

function Item({ name, isBusy, onRemove, children }: { name: string; isBusy: boolean; onRemove: () => void; children: ReactNode }) {
  return (
    <li className="backend-snapshot">
      <strong className="code">{name}</strong>
      <span className="setting-value">{children}</span>
      <IconButton label={`Remove ${name}`} small disabled={isBusy} onClick={onRemove}>
        <Trash2 size={13} />
      </IconButton>
    </li>
  );
}

function NewVariable({ isBusy, onSet }: { isBusy: boolean; onSet: (name: string, value: string, secret: boolean, onDone: () => void) => void }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [isSecret, setSecret] = useState(true);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSet(name.trim(), value, isSecret, () => {
      setName('');
      setValue('');
    });
  };
  return (
    <form className="setting-form" onSubmit={submit}>
      <input className="input" aria-label="Name of the variable" placeholder="API_KEY" autoComplete="off" spellCheck={false} value={name} onChange={(event) => setName(event.target.value)} />
      <input className="input" aria-label="Value of the variable" placeholder="Value" type={isSecret ? 'password' : 'text'} autoComplete="new-password" value={value} onChange={(event) => setValue(event.target.value)} />
      <label className="hint">
        <input type="checkbox" checked={isSecret} onChange={(event) => setSecret(event.target.checked)} /> Secret
      </label>
      <Button small type="submit" disabled={isBusy || name.trim() === ''}>
        <Plus size={13} /> Set
      </Button>
    </form>
  );
}

function NewHost({ isBusy, onSet }: { isBusy: boolean; onSet: (host: string, credential: { header: string; value: string } | undefined, onDone: () => void) => void }) {
  const [host, setName] = useState('');
  const [header, setHeader] = useState('');
  const [value, setValue] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSet(host.trim(), header.trim() === '' ? undefined : { header: header.trim(), value }, () => {
      setName('');
      setHeader('');
      setValue('');
    });
  };
  return (
    <form className="setting-form" onSubmit={submit}>
      <input className="input" aria-label="Host" placeholder="api.example.com" autoComplete="off" spellCheck={false} value={host} onChange={(event) => setName(event.target.value)} />
      <input className="input" aria-label="Header field of the credential" placeholder="Authorization (optional)" autoComplete="off" spellCheck={false} value={header} onChange={(event) => setHeader(event.target.value)} />
      <input className="input" aria-label="Value of the credential" placeholder="Bearer …" type="password" autoComplete="new-password" disabled={header.trim() === ''} value={value} onChange={(event) => setValue(event.target.value)} />
      <Button small type="submit" disabled={isBusy || host.trim() === '' || (header.trim() !== '' && value === '')}>
        <Plus size={13} /> Allow
      </Button>
    </form>
  );
}
