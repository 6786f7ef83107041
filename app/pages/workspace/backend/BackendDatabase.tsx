import { ChevronLeft, ChevronRight, RotateCw, Table2, TerminalSquare } from 'lucide-react';
import { useCallback, useState } from 'react';
import { listTables, readRows } from '../../../api/backend.ts';
import type { DatabaseTable } from '../../../api/backend.ts';
import { IconButton } from '../../../ui/controls.tsx';
import { PanelLoad } from '../../../ui/PanelLoad.tsx';
import { CellTable } from './CellTable.tsx';
import { bytes } from './format.ts';
import { QueryEditor } from './QueryEditor.tsx';
import { useCall } from './use-call.ts';

const PAGE = 50;
/** Stands for the query in the list of tables; no table has an empty name. */
const QUERY = '';

/** The tables of the backend's database, the rows of one, and a statement of one's own. */
export function BackendDatabase({ environmentId, canWrite }: { environmentId: string; canWrite: boolean }) {
  const read = useCallback((signal: AbortSignal) => listTables(environmentId, signal), [environmentId]);
  const { value, error, reload } = useCall(read);
  const [chosen, setChosen] = useState<string>();
  const tables = value?.tables ?? [];
  const table = tables.find(({ name }) => name === chosen) ?? (chosen === QUERY ? undefined : tables[0]);
  return (
    <div className="database">
      <nav className="database-tables" aria-label="Tables">
        <div className="database-head">
          <span className="hint">{value === undefined ? '' : bytes(value.bytes)}</span>
          <span className="grow" />
          <IconButton label="Load the tables again" small onClick={reload}>
            <RotateCw size={13} />
          </IconButton>
        </div>
        {canWrite && (
          <button type="button" className="list-row" aria-pressed={table === undefined} onClick={() => setChosen(QUERY)}>
            <TerminalSquare size={13} /> <span className="list-text">Query</span>
          </button>
        )}
        {tables.map(({ name, rows }) => (
          <button key={name} type="button" className="list-row" aria-pressed={name === table?.name} onClick={() => setChosen(name)}>
            <Table2 size={13} /> <span className="list-text">{name}</span> <span className="code">{rows}</span>
          </button>
        ))}
      </nav>
      <div className="database-main">
        <PanelLoad isLoaded={value !== undefined} error={error} label="Loading the tables" />
        {value !== undefined && table !== undefined && <Rows key={table.name} environmentId={environmentId} table={table} onReload={reload} />}
        {value !== undefined && table === undefined && canWrite && <QueryEditor environmentId={environmentId} onRan={reload} />}
        {value !== undefined && table === undefined && !canWrite && <p className="panel-empty">The database has no tables yet.</p>}
      </div>
    </div>
  );
}

function Rows({ environmentId, table, onReload }: { environmentId: string; table: DatabaseTable; onReload: () => void }) {
  const [offset, setOffset] = useState(0);
  const read = useCallback((signal: AbortSignal) => readRows(environmentId, table.name, offset, PAGE, signal), [environmentId, table.name, offset]);
  const { value, error, reload } = useCall(read);
  // Another count of rows: what is shown is old.
  const [shownOf, setShownOf] = useState(table.rows);
  if (shownOf !== table.rows) {
    setShownOf(table.rows);
    reload();
  }
  const last = Math.min(offset + PAGE, value?.total ?? 0);
  return (
    <>
      <div className="tool-bar">
        <strong className="list-text" title={table.columns.map(describeColumn).join('\n')}>
          {table.name}
        </strong>
        <span className="hint" role="status">
          {value === undefined ? '' : value.total === 0 ? 'no rows' : `${offset + 1}–${last} of ${value.total}`}
        </span>
        <IconButton label="Rows before" small disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
          <ChevronLeft size={14} />
        </IconButton>
        <IconButton label="Rows after" small disabled={value === undefined || last >= value.total} onClick={() => setOffset(offset + PAGE)}>
          <ChevronRight size={14} />
        </IconButton>
        <IconButton label="Load the rows again" small onClick={() => (onReload(), reload())}>
          <RotateCw size={13} />
        </IconButton>
      </div>
      <PanelLoad isLoaded={value !== undefined} error={error} label="Loading the rows" />
      {value !== undefined && <CellTable columns={value.columns} rows={value.rows} label={`Rows of ${table.name}`} />}
    </>
  );
}

const describeColumn = ({ name, type, notNull, primaryKey }: DatabaseTable['columns'][number]): string =>
  [name, type, ...(notNull ? ['NOT NULL'] : []), ...(primaryKey ? ['PRIMARY KEY'] : [])].join(' ').trim();
