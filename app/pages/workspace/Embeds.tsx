import { Check, CodeXml, Copy, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useId, useState } from 'react';
import { createEmbed, listEmbeds, revokeEmbed } from '../../api/embeds.ts';
import type { Embed } from '../../api/embeds.ts';
import { describeError } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';
import { attempt } from '../../state/toasts.ts';
import { Button, ErrorText, IconButton, Spinner } from '../../ui/controls.tsx';
import { snippet, SNIPPETS } from '../../workspace/snippets.ts';
import type { SnippetKind } from '../../workspace/snippets.ts';

/** The environment in pages of other origins: for its owner alone. */
export function Embeds({ environmentId }: { environmentId: string }) {
  const { embeds, error, reload } = useEmbeds(environmentId);
  const [token, setToken] = useState<string>();
  return (
    <section className="field" aria-label="Embeds">
      <p className="hint">The environment runs in the browser of whoever looks at the page. Whoever can look at the page can read its files, and change them where you let them edit.</p>
      <NewEmbedForm environmentId={environmentId} onCreated={async (made) => (setToken(made), await reload())} />
      {token !== undefined && <Snippet key={token} taskId={environmentId} token={token} />}
      {error !== undefined && (
        <p className="field-error">
          <ErrorText error={error} />
        </p>
      )}
      {embeds === undefined && error === undefined && <Spinner label="Loading the embeds" />}
      <ul className="share-list">
        {embeds?.filter(({ state }) => state === 'open').map((embed) => (
          <EmbedItem key={embed.embedId} embed={embed} onRevoke={() => attempt(() => revokeEmbed(environmentId, embed.embedId).then(reload))} />
        ))}
      </ul>
    </section>
  );
}

function useEmbeds(environmentId: string): { embeds: Embed[] | undefined; error: Described | undefined; reload: () => Promise<void> } {
  const [embeds, setEmbeds] = useState<Embed[]>();
  const [error, setError] = useState<Described>();
  const reload = useCallback(async () => {
    try {
      setEmbeds(await listEmbeds(environmentId));
      setError(undefined);
    } catch (problem) {
      setError(describeError(problem));
    }
  }, [environmentId]);
  useEffect(() => void reload(), [reload]);
  return { embeds, error, reload };
}

const DAY_MS = 24 * 3_600_000;
const ENDS = { never: undefined, day: DAY_MS, month: 30 * DAY_MS, year: 365 * DAY_MS } as const;

function NewEmbedForm({ environmentId, onCreated }: { environmentId: string; onCreated: (token: string) => Promise<void> }) {
  const [fields, setFields] = useState({ origins: '', label: '', role: 'viewer' as 'viewer' | 'editor', end: 'never' as keyof typeof ENDS });
  const id = useId();
  const change = (part: Partial<typeof fields>) => setFields({ ...fields, ...part });
  const create = async () => {
    const lifetime = ENDS[fields.end];
    const origins = fields.origins.split(/[\s,]+/).filter((one) => one !== '');
    await onCreated(await createEmbed(environmentId, { origins, role: fields.role, label: fields.label, ...(lifetime === undefined ? {} : { expiresAt: new Date(Date.now() + lifetime).toISOString() }) }));
    change({ origins: '', label: '' });
  };
  return (
    <form className="share-form" onSubmit={(event) => (event.preventDefault(), attempt(create))}>
      <div className="whole">
        <label htmlFor={`${id}-origins`}>Pages of</label>
        <input id={`${id}-origins`} className="input" required value={fields.origins} placeholder="https://docs.example.com" title="Origins without a path, with spaces between several" spellCheck={false} onChange={(event) => change({ origins: event.target.value })} />
      </div>
      <div>
        <label htmlFor={`${id}-role`}>Visitors may</label>
        <select id={`${id}-role`} className="input" value={fields.role} onChange={(event) => change({ role: event.target.value === 'editor' ? 'editor' : 'viewer' })}>
          <option value="viewer">look and read</option>
          <option value="editor">edit its files</option>
        </select>
      </div>
      <div>
        <label htmlFor={`${id}-end`}>Ends</label>
        <select id={`${id}-end`} className="input" value={fields.end} onChange={(event) => change({ end: event.target.value as keyof typeof ENDS })}>
          <option value="never">when you revoke it</option>
          <option value="day">in a day</option>
          <option value="month">in 30 days</option>
          <option value="year">in a year</option>
        </select>
      </div>
      <div className="whole">
        <label htmlFor={`${id}-label`}>Name, for you (optional)</label>
        <input id={`${id}-label`} className="input" maxLength={80} value={fields.label} onChange={(event) => change({ label: event.target.value })} />
      </div>
      <Button type="submit">
        <CodeXml size={14} /> Make an embed
      </Button>
    </form>
  );
}

/** Shown once: the server keeps no token. */
function Snippet({ taskId, token }: { taskId: string; token: string }) {
  const [kind, setKind] = useState<SnippetKind>('element');
  const [copied, setCopied] = useState<SnippetKind>();
  const text = snippet(kind, { server: location.origin, taskId, token });
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(kind);
  };
  return (
    <div className="share-item" role="group" aria-label="Snippet">
      <div className="share-facts" role="radiogroup" aria-label="Kind of snippet">
        {(Object.keys(SNIPPETS) as SnippetKind[]).map((one) => (
          <Button key={one} small role="radio" aria-checked={kind === one} kind={kind === one ? 'primary' : 'plain'} onClick={() => setKind(one)}>
            {SNIPPETS[one]}
          </Button>
        ))}
        <span className="grow" />
        <Button small aria-label="Copy the snippet" onClick={() => attempt(copy)}>
          {copied === kind ? <Check size={14} /> : <Copy size={14} />} {copied === kind ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <textarea className="input snippet" readOnly aria-label="Snippet to paste" rows={6} value={text} onFocus={(event) => event.target.select()} />
      <p className="hint">Copy it now: its token is not shown again.</p>
    </div>
  );
}

function EmbedItem({ embed: { label, role, origins, expiresAt }, onRevoke }: { embed: Embed; onRevoke: () => void }) {
  const name = label === '' ? (origins[0] ?? '') : label;
  return (
    <li className="share-item">
      <div className="share-facts">
        <strong className="embed-name">{name}</strong>
        <span className="chip">{role}</span>
        <span className="hint">{expiresAt === null ? 'no end' : `until ${new Date(expiresAt).toLocaleString()}`}</span>
        <span className="grow" />
        <IconButton label={`Revoke the embed ${name}`} small onClick={onRevoke}>
          <Trash2 size={14} />
        </IconButton>
      </div>
      {label !== '' && <span className="hint embed-name">{origins.join(' ')}</span>}
    </li>
  );
}
