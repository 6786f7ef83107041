import { Play } from 'lucide-react';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import { queryDatabase } from '../../../api/backend.ts';
import type { QueryResult } from '../../../api/backend.ts';
import { describeError } from '../../../state/describe-error.ts';
import type { Described } from '../../../state/describe-error.ts';
import { Button, ErrorText, Spinner } from '../../../ui/controls.tsx';
import { CellTable } from './CellTable.tsx';

/** One statement of SQL, which may write, and its result. */
export function QueryEditor({ environmentId, onRan }: { environmentId: string; onRan: () => void }) {
  const [sql, setSql] = useState('SELECT name, sql FROM sqlite_schema');
  const [isRunning, setRunning] = useState(false);
  const [result, setResult] = useState<QueryResult>();
  const [error, setError] = useState<Described>();
  const run = async () => {
    setRunning(true);
    try {
      const answer = await queryDatabase(environmentId, sql);
      setResult(answer);
      setError(undefined);
      if (answer.rowsWritten > 0) onRan();
    } catch (problem) {
      setResult(undefined);
      setError(describeError(problem));
    } finally {
      setRunning(false);
    }
  };
  const canRun = !isRunning && sql.trim() !== '';
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !canRun) return;
    event.preventDefault();
    void run();
  };
  return (
    <>
      <div className="query-editor">
        <textarea className="input" aria-label="Statement of SQL" rows={3} spellCheck={false} value={sql} onChange={(event) => setSql(event.target.value)} onKeyDown={onKeyDown} />
        <div className="query-foot">
          <Button kind="primary" small disabled={!canRun} onClick={() => void run()} title="Ctrl+Enter">
            <Play size={12} /> Run
          </Button>
          <span className="hint" role="status">
            {isRunning && <Spinner label="The statement runs" />}
            {!isRunning && result !== undefined && summary(result)}
          </span>
        </div>
        {error !== undefined && (
          <p className="field-error" role="alert">
            <ErrorText error={error} />
          </p>
        )}
      </div>
      {result !== undefined && result.columns.length > 0 && <CellTable columns={result.columns} rows={result.rows} label="Result" />}
    </>
  );
}

function summary({ rows, truncated, rowsWritten, durationMs }: QueryResult): string {
  const took = `${durationMs < 10 ? durationMs.toFixed(1) : Math.round(durationMs)} ms`;
  const wrote = rowsWritten > 0 ? `, ${rowsWritten} written` : '';
  return `${truncated ? `the first ${rows.length}` : rows.length} ${rows.length === 1 ? 'row' : 'rows'}${wrote}, ${took}`;
}
