import type { Cell } from '../../../api/backend.ts';
import { cellText } from './format.ts';

/** Rows of a table or of a query. */
export function CellTable({ columns, rows, label }: { columns: readonly string[]; rows: readonly (readonly Cell[])[]; label: string }) {
  return (
    <div className="network-list" tabIndex={0} role="region" aria-label={label}>
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={index} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at} className={classOf(cell)} title={cellText(cell)}>
                  {cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="panel-empty">No rows.</p>}
    </div>
  );
}

function classOf(cell: Cell): string {
  if (cell === null || typeof cell === 'object') return 'cell-none';
  return typeof cell === 'number' ? 'cell-number' : '';
}
