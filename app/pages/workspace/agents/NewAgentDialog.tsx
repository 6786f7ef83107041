import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { DEFAULT_VERBS, VERBS } from '../../../../shared/agents/verbs.ts';
import type { Verb } from '../../../../shared/agents/verbs.ts';
import { createAgent } from '../../../api/agents.ts';
import { colourOf, MEMBER_COLOURS } from '../../../document/presence.ts';
import { attempt } from '../../../state/toasts.ts';
import { Button } from '../../../ui/controls.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { WorkspaceSession } from '../../../workspace/session.ts';

type Made = Awaited<ReturnType<typeof createAgent>>;

export function NewAgentDialog({ session, onClose }: { session: WorkspaceSession; onClose: () => void }) {
  const [made, setMade] = useState<Made>();
  return (
    <Dialog title={made === undefined ? 'A token for an agent' : `The token of ${made.agent.name}`} onClose={onClose}>
      {made === undefined ? <Form environmentId={session.environmentId} onMade={setMade} /> : <Token made={made} onClose={onClose} />}
    </Dialog>
  );
}

const LIFETIMES = [
  { hours: 1, label: 'an hour' },
  { hours: 24, label: 'a day' },
  { hours: 24 * 7, label: 'a week' },
  { hours: 24 * 31, label: 'a month' },
];

const MEANING: Record<Verb, string> = {
  'environments.read': 'See the environment and its status',
  'environments.create': 'Create further environments',
  'files.read': 'Read and search files',
  'files.write': 'Change files',
  'history.read': 'Read the history',
  'history.restore': 'Restore earlier files',
  'commands.run': 'Run commands in the container',
  'packages.install': 'Install packages',
  'tests.run': 'Run the tests',
  'preview.read': 'See the preview, its console and requests',
  'preview.use': 'Click and type in the preview',
  'shares.manage': 'Make and end share links',
};

function Form({ environmentId, onMade }: { environmentId: string; onMade: (made: Made) => void }) {
  const [name, setName] = useState('');
  const [colour, setColour] = useState(() => Math.floor(Math.random() * MEMBER_COLOURS.length));
  const [hours, setHours] = useState(24 * 7);
  const [suggests, setSuggests] = useState(false);
  const [verbs, setVerbs] = useState<readonly Verb[]>(DEFAULT_VERBS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt(async () => onMade(await createAgent(environmentId, { name, colour, hours, verbs: [...verbs], mode: suggests ? 'suggest' : 'edit' })));
  };
  const toggle = (verb: Verb) => setVerbs(verbs.includes(verb) ? verbs.filter((other) => other !== verb) : [...verbs, verb]);
  return (
    <form className="new-agent" onSubmit={submit}>
      <div className="field">
        <label htmlFor="agent-name">Name, as others see it</label>
        <input id="agent-name" className="input" required maxLength={60} value={name} onChange={(event) => setName(event.target.value)} placeholder="Reviewer" />
        <div className="colours" role="radiogroup" aria-label="Its colour">
          {MEMBER_COLOURS.map((_, index) => (
            <button key={index} type="button" role="radio" aria-checked={colour === index} aria-label={`Colour ${index + 1}`} style={{ background: colourOf(index) }} onClick={() => setColour(index)} />
          ))}
        </div>
      </div>
      <fieldset className="field verbs">
        <legend className="field-label">It may</legend>
        {VERBS.map((verb) => (
          <label key={verb}>
            <input type="checkbox" checked={verbs.includes(verb)} onChange={() => toggle(verb)} /> {MEANING[verb]}
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor="agent-hours">For</label>
        <select id="agent-hours" className="input" value={hours} onChange={(event) => setHours(Number(event.target.value))}>
          {LIFETIMES.map((lifetime) => (
            <option key={lifetime.hours} value={lifetime.hours}>
              {lifetime.label}
            </option>
          ))}
        </select>
      </div>
      <label className="check">
        <input type="checkbox" checked={suggests} onChange={(event) => setSuggests(event.target.checked)} /> Suggest only: its changes wait until somebody accepts them
      </label>
      <div className="dialog-foot">
        <Button kind="primary" type="submit" disabled={name.trim() === '' || verbs.length === 0}>
          Make the token
        </Button>
      </div>
    </form>
  );
}

function Token({ made, onClose }: { made: Made; onClose: () => void }) {
  const config = JSON.stringify({ mcpServers: { terrarium: { type: 'http', url: made.mcpUrl, headers: { Authorization: `Bearer ${made.token}` } } } }, null, 2);
  return (
    <>
      <Copied label="Token" value={made.token} />
      <p className="hint">It is shown this once. Whoever has it works in this environment as {made.agent.name}, until {new Date(made.agent.expiresAt).toLocaleString()} or until you revoke it.</p>
      <Copied label="Settings of a client of the Model Context Protocol" value={config} rows={9} />
      <p className="hint">
        A client that starts a program instead runs <code>npx terrarium mcp</code> with TERRARIUM_URL and TERRARIUM_TOKEN.
      </p>
      <div className="dialog-foot">
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </>
  );
}

function Copied({ label, value, rows }: { label: string; value: string; rows?: number }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <div className="field">
      <span className="field-label">{label}</span>
      <div className="copy-field">
        {rows === undefined ? <input className="input" readOnly aria-label={label} value={value} onFocus={(event) => event.target.select()} /> : <textarea className="input settings" readOnly aria-label={label} rows={rows} value={value} onFocus={(event) => event.target.select()} />}
        <Button onClick={() => attempt(copy)} aria-label={`Copy: ${label}`}>
          {copied ? <Check size={14} /> : <Copy size={14} />} {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
    </div>
  );
}
