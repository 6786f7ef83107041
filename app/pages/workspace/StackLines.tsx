import type { StackFrame } from '../../../shared/protocol/preview-report.ts';
import { projectPath } from '../../workspace/session.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** A stack's frames; those of the project's own files open the line. */
export function StackLines({ session, stack }: { session: WorkspaceSession; stack: StackFrame[] }) {
  if (stack.length === 0) return null;
  return (
    <ul className="stack">
      {stack.map((frame, index) => {
        const path = projectPath(frame.file);
        const place = `${path}:${frame.line}${frame.column === undefined ? '' : `:${frame.column}`}`;
        const ours = session.files.getState().some((file) => file.path === path);
        return (
          <li key={index}>
            {frame.function !== undefined && frame.function !== '' && <span>at {frame.function} </span>}
            {ours ? (
              <button type="button" className="link" onClick={() => session.revealPath(path, frame.line, frame.column ?? 1)}>
                {place}
              </button>
            ) : (
              <span className="foreign">{place}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
