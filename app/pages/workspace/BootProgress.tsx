import { Check, CircleAlert, Minus, RotateCw, SquareTerminal } from 'lucide-react';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { currentPhase, duration, overall, PHASE_LABELS, PHASES } from '../../boot/machine.ts';
import type { Phase, PhaseState } from '../../boot/machine.ts';
import { useBeat } from '../../ui/beat.ts';
import { Button, Spinner } from '../../ui/controls.tsx';
import { useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** The start, phase by phase, with the time each took and the cause where one failed. */
export function BootProgress({ session }: { session: WorkspaceSession }) {
  const boot = useStore(session.boot.store);
  const state = overall(boot);
  const now = useBeat(state === 'running');
  const failed = currentPhase(boot);
  const failure = failed === undefined ? undefined : boot.phases[failed];
  const slow = slowPort(boot.phases.port, now);
  const noServer = state === 'ready' && boot.phases.start.status === 'skipped';
  return (
    <div className="boot" role="region" aria-label="Start of the environment">
      <h3>{state === 'failed' ? 'The environment did not start' : noServer ? 'Ready' : 'Starting the environment'}</h3>
      <ol>
        {PHASES.filter((phase) => phase !== 'sign-in').map((phase) => (
          <PhaseRow key={phase} phase={phase} state={boot.phases[phase]} now={now} />
        ))}
      </ol>
      {noServer && <p>This project has no dev server. Start one in a terminal: the preview opens when a port does.</p>}
      {slow !== undefined && (
        <div className="boot-failure waits" role="alert">
          <p>{slow.message}</p>
          <code className="code">{slow.code}</code>
          <div>
            <TerminalButton session={session} kind="primary" />
            <Button small onClick={() => session.restart()}>
              <RotateCw size={13} /> Start again
            </Button>
          </div>
        </div>
      )}
      {failure?.status === 'failed' && (
        <div className="boot-failure" role="alert">
          <p>{failure.error.message}</p>
          {failure.error.output !== undefined && <pre>{failure.error.output}</pre>}
          {failure.error.code !== undefined && <code className="code">{failure.error.code}</code>}
          <div>
            <Button small kind="primary" onClick={() => session.restart()}>
              <RotateCw size={13} /> Start again
            </Button>
            <TerminalButton session={session} />
          </div>
        </div>
      )}
    </div>
  );
}

/** An embed has no terminal. */
function TerminalButton({ session, kind = 'plain' }: { session: WorkspaceSession; kind?: 'primary' | 'plain' }) {
  if (session.isEmbedded) return null;
  return (
    <Button small kind={kind} onClick={() => session.layout.set({ bottom: 'terminal', narrow: 'terminal' })}>
      <SquareTerminal size={13} /> Show the terminal
    </Button>
  );
}

/** A dev server may compile before it listens; after this many milliseconds something is likely wrong. */
const PORT_PATIENCE = 15_000;

function slowPort(phase: PhaseState, now: number): TerrariumError | undefined {
  if (phase.status !== 'running' || now - phase.startedAt < PORT_PATIENCE) return undefined;
  return TerrariumError.of('E-TERRARIUM-2143', { command: phase.detail ?? '', seconds: PORT_PATIENCE / 1000 });
}

function PhaseRow({ phase, state, now }: { phase: Phase; state: PhaseState; now: number }) {
  const took = duration(state, now);
  return (
    <li className={`phase ${state.status}`} data-phase={phase} data-status={state.status}>
      <span className="phase-mark">{markOf(state)}</span>
      <span>{PHASE_LABELS[phase]}</span>
      {state.status === 'skipped' && <span className="phase-note">{state.reason}</span>}
      {took !== undefined && <span className="phase-time">{took < 1000 ? `${Math.round(took)} ms` : `${(took / 1000).toFixed(1)} s`}</span>}
    </li>
  );
}

function markOf(state: PhaseState) {
  switch (state.status) {
    case 'running':
      return <Spinner label="Running" />;
    case 'done':
      return <Check size={14} color="var(--good)" aria-label="Done" />;
    case 'failed':
      return <CircleAlert size={14} color="var(--danger)" aria-label="Failed" />;
    case 'skipped':
      return <Minus size={14} color="var(--text-3)" aria-label="Skipped" />;
    case 'waiting':
      return <span className="phase-waiting" aria-label="Waiting" />;
  }
}
