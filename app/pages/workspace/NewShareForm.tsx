import { Link2 } from 'lucide-react';
import { useId, useState } from 'react';
import { createShare } from '../../api/shares.ts';
import type { NewShare } from '../../api/shares.ts';
import { attempt } from '../../state/toasts.ts';
import { Button } from '../../ui/controls.tsx';

const HOUR_MS = 3_600_000;
const ENDS = { never: undefined, hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
type End = keyof typeof ENDS;

type Kind = 'preview' | 'code' | 'editor';

interface Fields {
  kind: Kind;
  end: End;
  password: string;
  name: string;
  allPorts: boolean;
  /** Not chosen yet: who knows a password may. */
  wake: boolean | undefined;
}

const EMPTY: Fields = { kind: 'preview', end: 'never', password: '', name: '', allPorts: false, wake: undefined };

const mayWake = ({ wake, password }: Fields): boolean => wake ?? password !== '';

function wantedOf(fields: Fields, ports: number[]): NewShare {
  const { kind, end, password, name, allPorts } = fields;
  const lifetime = ENDS[end];
  return {
    role: kind === 'editor' ? 'editor' : 'viewer',
    wake: mayWake(fields),
    ...(kind === 'code' ? { code: true } : {}),
    ...(lifetime === undefined ? {} : { expiresAt: new Date(Date.now() + lifetime).toISOString() }),
    ...(password === '' ? {} : { password }),
    ...(name === '' ? {} : { name }),
    ...(allPorts && ports.length > 1 ? { ports } : {}),
  };
}

/** What a new share link gives, to whom and for how long. `ports`: those on which servers listen, that of the preview first. */
export function NewShareForm({ environmentId, ports, onCreated }: { environmentId: string; ports: number[]; onCreated: () => Promise<void> }) {
  const [fields, setFields] = useState(EMPTY);
  const id = useId();
  const change = (part: Partial<Fields>) => setFields({ ...fields, ...part });
  const create = async () => {
    await createShare(environmentId, wantedOf(fields, ports));
    setFields(EMPTY);
    await onCreated();
  };
  return (
    <form className="share-form" onSubmit={(event) => (event.preventDefault(), attempt(create))}>
      <div>
        <label htmlFor={`${id}-kind`}>Gives</label>
        <select id={`${id}-kind`} className="input" value={fields.kind} onChange={(event) => change({ kind: event.target.value as Kind })}>
          <option value="preview">the preview</option>
          <option value="code">the preview, and the code to read</option>
          <option value="editor">the preview, and the code to edit</option>
        </select>
      </div>
      <div>
        <label htmlFor={`${id}-end`}>Ends</label>
        <select id={`${id}-end`} className="input" value={fields.end} onChange={(event) => change({ end: event.target.value as End })}>
          <option value="never">when you revoke it</option>
          <option value="hour">in an hour</option>
          <option value="day">in a day</option>
          <option value="week">in a week</option>
        </select>
      </div>
      <div>
        <label htmlFor={`${id}-password`}>Password (optional)</label>
        <input id={`${id}-password`} className="input" type="password" autoComplete="new-password" minLength={4} maxLength={256} value={fields.password} onChange={(event) => change({ password: event.target.value })} />
      </div>
      <div>
        <label htmlFor={`${id}-name`}>Name in the address (optional)</label>
        <input id={`${id}-name`} className="input" pattern="[a-z0-9]+(-[a-z0-9]+)*" minLength={3} maxLength={56} title="3 to 56 lower-case letters, digits and single hyphens" value={fields.name} onChange={(event) => change({ name: event.target.value })} />
      </div>
      {ports.length > 1 && (
        <label className="share-ports">
          <input type="checkbox" checked={fields.allPorts} onChange={(event) => change({ allPorts: event.target.checked })} /> Share all open ports ({ports.join(', ')})
        </label>
      )}
      <label className="share-ports">
        <input type="checkbox" checked={mayWake(fields)} onChange={(event) => change({ wake: event.target.checked })} /> Visitors may start it in the server’s own browser while nobody has it open
      </label>
      <Button kind="primary" type="submit">
        <Link2 size={14} /> Share the preview
      </Button>
    </form>
  );
}
