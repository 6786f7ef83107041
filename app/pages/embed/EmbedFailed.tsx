import { CircleAlert, RotateCw } from 'lucide-react';
import type { Described } from '../../state/describe-error.ts';
import { Button, ErrorText, Spinner } from '../../ui/controls.tsx';

export function EmbedOpening() {
  return (
    <div className="centre">
      <Spinner label="Opening the environment" />
      <p>Opening the environment…</p>
    </div>
  );
}

/** Nothing can be shown, and why. */
export function EmbedFailed({ error, onAgain }: { error: Described; onAgain: () => void }) {
  return (
    <main className="centre notice" role="alert">
      <CircleAlert size={26} color="var(--danger)" />
      <h3>This environment cannot be shown here</h3>
      <p>
        <ErrorText error={error} />
      </p>
      <Button onClick={onAgain}>
        <RotateCw size={14} /> Try again
      </Button>
    </main>
  );
}
