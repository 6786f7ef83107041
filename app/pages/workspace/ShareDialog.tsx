import { Check, Copy, Link2 } from 'lucide-react';
import { useState } from 'react';
import { createInvite } from '../../api/environments.ts';
import { announce, colourOf, loadProfile, MEMBER_COLOURS, saveProfile } from '../../document/presence.ts';
import type { Profile } from '../../document/presence.ts';
import { attempt } from '../../state/toasts.ts';
import { Avatar, Button } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { Embeds } from './Embeds.tsx';
import { ShareLinks } from './ShareLinks.tsx';

export function ShareDialog({ session, onClose }: { session: WorkspaceSession; onClose: () => void }) {
  const { isOwner, port } = useSelected(session.state, ({ environment }) => ({ isOwner: environment?.role === 'owner', port: environment?.port }));
  const ports = useSelected(session.preview.store, (state) => state.ports);
  return (
    <Dialog title="Share this environment" onClose={onClose}>
      {isOwner && <ShareLinks environmentId={session.environmentId} ports={[...new Set([port, ...ports].filter((one) => one !== undefined))]} />}
      {isOwner && (
        <details className="embeds">
          <summary>Show it in other pages</summary>
          <Embeds environmentId={session.environmentId} />
        </details>
      )}
      {isOwner && <Invite session={session} />}
      <Who session={session} />
      <ProfileFields session={session} />
    </Dialog>
  );
}

function Invite({ session }: { session: WorkspaceSession }) {
  const [link, setLink] = useState<string>();
  const [copied, setCopied] = useState(false);
  const make = async () => setLink(await createInvite(session.environmentId, 'editor'));
  const copy = async () => {
    await navigator.clipboard.writeText(link ?? '');
    setCopied(true);
  };
  return (
    <div className="field">
      <span className="field-label">Invite somebody to edit with you</span>
      {link === undefined ? (
        <Button onClick={() => attempt(make)}>
          <Link2 size={14} /> Create a link
        </Button>
      ) : (
        <div className="copy-field">
          <input className="input" readOnly aria-label="Invitation link" value={link} onFocus={(event) => event.target.select()} />
          <Button kind="primary" onClick={() => attempt(copy)}>
            {copied ? <Check size={14} /> : <Copy size={14} />} {copied ? 'Copied' : 'Copy'}
          </Button>
        </div>
      )}
      <p className="hint">Whoever has the link can read and change the files of this environment, and nothing else.</p>
    </div>
  );
}

function Who({ session }: { session: WorkspaceSession }) {
  const members = useStore(session.members);
  return (
    <div className="field">
      <span className="field-label">Here now</span>
      <ul className="member-list">
        {members.map((member) => (
          <li key={member.clientId}>
            <Avatar name={member.name} colour={member.colour} /> {member.name} {member.self && <span className="chip">you</span>} {member.kind === 'agent' && <span className="chip good">agent</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ProfileFields({ session }: { session: WorkspaceSession }) {
  const [profile, setProfile] = useState(loadProfile);
  const change = (next: Profile) => {
    setProfile(next);
    if (next.name.trim() === '') return;
    saveProfile(next);
    announce(session.document.awareness, next);
  };
  return (
    <div className="field">
      <label htmlFor="name">Your name, as others see it</label>
      <input id="name" className="input" maxLength={60} value={profile.name} onChange={(event) => change({ ...profile, name: event.target.value })} />
      <div className="colours" role="radiogroup" aria-label="Your colour">
        {MEMBER_COLOURS.map((_, index) => (
          <button key={index} type="button" role="radio" aria-checked={profile.colour === index} aria-label={`Colour ${index + 1}`} style={{ background: colourOf(index) }} onClick={() => change({ ...profile, colour: index })} />
        ))}
      </div>
    </div>
  );
}
