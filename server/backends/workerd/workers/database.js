/**
 * The program's database: one Durable Object, whose SQLite file is the data folder's. `default` is what `env.DB` speaks to (the wire protocol of the runtime's own
 * `cloudflare-internal:d1-api`); `Control` is the server's, on a socket the program cannot reach.
 */
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';

/** Of one statement's rows: what is larger would take the instance's memory, and its neighbours' time on the way. */
const MAX_RESULT_MB = 16;
const FULL = 'database or disk is full: the quota of this environment is used up: SQLITE_FULL';

export class Database extends DurableObject {
  sql = this.ctx.storage.sql;

  /** Runs all statements, or none; above the quota, what grows the file further is none. */
  run(statements) {
    const before = this.sql.databaseSize;
    let current = 0;
    try {
      return {
        results: this.ctx.storage.transactionSync(() => statements.map((statement, index) => {
          current = index;
          const result = this.#one(statement);
          const size = this.sql.databaseSize;
          if (size > this.env.QUOTA && size > before) throw new Error(FULL);
          return result;
        })),
      };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error), statement: current };
    }
  }

  #one({ sql, params = [] }) {
    const start = Date.now();
    const changesBefore = this.#counters();
    const cursor = this.sql.exec(sql, ...params.map((value) => (Array.isArray(value) ? new Uint8Array(value) : value)));
    const rows = collect(cursor.raw());
    const after = this.#counters();
    const changes = after.total - changesBefore.total;
    return {
      columns: cursor.columnNames,
      rows,
      meta: {
        served_by: 'terrarium', duration: Date.now() - start, changes, last_row_id: after.last, changed_db: changes > 0 || cursor.rowsWritten > 0,
        size_after: this.sql.databaseSize, rows_read: cursor.rowsRead, rows_written: cursor.rowsWritten,
      },
    };
  }

  #counters() {
    const [row] = this.sql.exec('SELECT total_changes() AS total, last_insert_rowid() AS last').toArray();
    return row;
  }

  bytes() {
    return this.sql.databaseSize;
  }
}

function collect(cursor) {
  const rows = [];
  let size = 0;
  for (const row of cursor) {
    for (const cell of row) size += typeof cell === 'string' ? cell.length : cell instanceof ArrayBuffer ? 4 * cell.byteLength : 8;
    if (size > MAX_RESULT_MB * 1024 * 1024) throw new Error(`the result is larger than ${MAX_RESULT_MB} MB: SQLITE_TOOBIG`);
    rows.push(row.map((cell) => (cell instanceof ArrayBuffer ? [...new Uint8Array(cell)] : cell)));
  }
  return rows;
}

const object = (env) => env.OBJECT.get(env.OBJECT.idFromName('database'));

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/query' && pathname !== '/execute') return Response.json({ error: `D1 has no operation ${pathname} here` }, { status: 404 });
    const body = await request.json();
    const { results, error } = await object(env).run(Array.isArray(body) ? body : [body]);
    if (error !== undefined) return Response.json(Array.isArray(body) ? [{ success: false, error }] : { success: false, error });
    const withRows = searchParams.get('resultsFormat') !== 'NONE';
    const answers = results.map(({ columns, rows, meta }) => ({ success: true, meta, ...(withRows ? { results: { columns, rows } } : {}) }));
    return Response.json(Array.isArray(body) ? answers : answers[0]);
  },
};

export class Control extends WorkerEntrypoint {
  async fetch(request) {
    if (request.headers.get('x-isolated-auth') !== this.env.AUTH) return new Response(null, { status: 403 });
    const { pathname } = new URL(request.url);
    if (pathname === '/probe') return new Response('alive');
    if (pathname === '/bytes') return Response.json({ bytes: await object(this.env).bytes() });
    if (pathname === '/run') return Response.json(await object(this.env).run(await request.json()));
    return new Response(null, { status: 404 });
  }
}
