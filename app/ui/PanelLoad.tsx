import type { Described } from '../state/describe-error.ts';
import { ErrorText, Spinner } from './controls.tsx';

/** What a side panel says as long as it has nothing to show: that it loads, or why it could not. */
export function PanelLoad({ isLoaded, error, label }: { isLoaded: boolean; error: Described | undefined; label: string }) {
  if (error !== undefined) {
    return (
      <p className="panel-empty" role="alert">
        <ErrorText error={error} />
      </p>
    );
  }
  return isLoaded ? null : (
    <div className="panel-empty">
      <Spinner label={label} />
    </div>
  );
}
