import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { FileIcon } from '../../ui/FileIcon.tsx';
import { useStore } from '../../ui/use-store.ts';
import { baseName, folderName } from '../../workspace/file-tree.ts';
import type { Problem, WorkspaceSession } from '../../workspace/session.ts';

const ICONS = { error: <CircleAlert size={14} color="var(--danger)" />, warning: <TriangleAlert size={14} color="var(--warn)" />, info: <Info size={14} color="var(--info)" /> };

export function ProblemsPanel({ session }: { session: WorkspaceSession }) {
  const problems = useStore(session.problems);
  if (problems.length === 0) {
    return (
      <div className="centre">
        <CircleCheck size={24} color="var(--good)" />
        <p>No problems in this project.</p>
      </div>
    );
  }
  const files = Map.groupBy(problems, (problem) => problem.path);
  return (
    <div className="list" role="region" aria-label="Problems">
      {[...files].map(([path, inFile]) => (
        <div key={path}>
          <div className="list-file">
            <FileIcon name={baseName(path)} /> {baseName(path)} <span>{folderName(path)}</span> <span className="chip">{inFile.length}</span>
          </div>
          {inFile.map((problem, index) => (
            <ProblemRow key={index} problem={problem} onOpen={() => session.reveal(problem.fileId, problem.line, problem.column)} />
          ))}
        </div>
      ))}
    </div>
  );
}

function ProblemRow({ problem, onOpen }: { problem: Problem; onOpen: () => void }) {
  return (
    <button type="button" className="list-row" onClick={onOpen}>
      {ICONS[problem.severity]}
      <span className="list-text">{problem.message}</span>
      <span className="code">
        {problem.source} [{problem.line}, {problem.column}]
      </span>
    </button>
  );
}
