import { ChevronLeft, Moon, RotateCw, Search, Sun, UserPlus } from 'lucide-react';
import { currentPhase, overall, PHASE_LABELS } from '../../boot/machine.ts';
import { navigate } from '../../state/router.ts';
import { theme, toggleTheme } from '../../state/theme.ts';
import { Avatar, Button, IconButton, Spinner } from '../../ui/controls.tsx';
import { Logo } from '../../ui/Logo.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import { WorkspaceMenu } from './WorkspaceMenu.tsx';
import type { WorkspaceSession } from '../../workspace/session.ts';

const MOST_AVATARS = 5;

export function TopBar({ session }: { session: WorkspaceSession }) {
  const environment = useSelected(session.state, (state) => state.environment);
  const { theme: shown } = useStore(theme);
  return (
    <header className="top-bar">
      <a
        className="home"
        href="/"
        aria-label="Back to the environments"
        title="Back to the environments"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          navigate('/');
        }}
      >
        <ChevronLeft size={16} />
        <Logo size={20} />
      </a>
      <h1>{environment?.taskId ?? session.environmentId}</h1>
      {environment !== undefined && <span className="chip wide-only">{environment.template}</span>}
      {environment?.agentId !== undefined && <span className="chip good wide-only">agent {environment.agentId}</span>}
      <BootChip session={session} />
      <span className="grow wide-only" />
      <button type="button" className="palette-button wide-only" onClick={() => session.layout.set({ palette: 'files' })}>
        <Search size={13} /> Go to file <kbd>Ctrl P</kbd>
      </button>
      <span className="grow" />
      <Members session={session} />
      <Button small aria-label="Share" onClick={() => session.layout.set({ dialog: 'share' })}>
        <UserPlus size={14} /> <span className="wide-only">Share</span>
      </Button>
      <WorkspaceMenu session={session} />
      <IconButton label={shown === 'dark' ? 'Light theme' : 'Dark theme'} onClick={toggleTheme}>
        {shown === 'dark' ? <Sun size={15} /> : <Moon size={15} />}
      </IconButton>
    </header>
  );
}

export function BootChip({ session }: { session: WorkspaceSession }) {
  const boot = useStore(session.boot.store);
  const lost = useSelected(session.state, (state) => state.containerLost);
  const state = overall(boot);
  const phase = currentPhase(boot);
  if (lost || state === 'failed') {
    return (
      <button type="button" className="chip bad" onClick={() => session.restart()} title="Start the container again">
        <RotateCw size={11} /> {lost ? 'container stopped' : `${phase === undefined ? 'start' : PHASE_LABELS[phase]} failed`}
      </button>
    );
  }
  if (state === 'running') {
    return (
      <span className="chip warn" role="status">
        <Spinner label="Starting" /> <span className="chip-words">{phase === undefined ? 'Starting' : PHASE_LABELS[phase]}</span>
      </span>
    );
  }
  return (
    <span className="chip good" role="status">
      <span className="dot" /> <span className="chip-words">running</span>
    </span>
  );
}

function Members({ session }: { session: WorkspaceSession }) {
  const members = useStore(session.members);
  return (
    <div className="avatars" role="group" aria-label={`${members.length} here`}>
      {members.slice(0, MOST_AVATARS).map((member) => (
        <Avatar key={member.clientId} name={member.name} colour={member.colour} title={member.self ? `${member.name} (you)` : member.kind === 'agent' ? `${member.name} (agent)` : member.name} />
      ))}
      {members.length > MOST_AVATARS && <span className="avatar more">+{members.length - MOST_AVATARS}</span>}
    </div>
  );
}
