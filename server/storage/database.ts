/** The embedded store: one SQLite file. A commit is on the disk when it returns (WAL, synchronous=FULL). */
import { DatabaseSync } from 'node:sqlite';

/** Each entry brings a database from version n to n + 1; entries are never edited. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE environments (
     id TEXT PRIMARY KEY, task_id TEXT NOT NULL, agent_id TEXT, template TEXT NOT NULL, status TEXT NOT NULL,
     port INTEGER NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL) STRICT;
   CREATE TABLE members (
     id TEXT PRIMARY KEY, environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE,
     role TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
   CREATE TABLE updates (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, seq INTEGER NOT NULL, data BLOB NOT NULL,
     PRIMARY KEY (environment_id, seq)) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE grants (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, scope TEXT NOT NULL,
     PRIMARY KEY (environment_id, scope)) STRICT, WITHOUT ROWID;`,
  // Who made each update (JSON), and when in milliseconds since the epoch; NULL for what was compacted.
  `ALTER TABLE updates ADD COLUMN author TEXT;
   ALTER TABLE updates ADD COLUMN at INTEGER;`,
  `CREATE TABLE agent_tokens (
     id TEXT PRIMARY KEY, environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, name TEXT NOT NULL, colour INTEGER NOT NULL,
     verbs TEXT NOT NULL, mode TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
     revoked_at INTEGER, last_used_at INTEGER) STRICT;
   CREATE TABLE agent_environments (
     agent_id TEXT NOT NULL REFERENCES agent_tokens(id) ON DELETE CASCADE, environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE,
     created_at INTEGER NOT NULL, PRIMARY KEY (agent_id, environment_id)) STRICT, WITHOUT ROWID;
   CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT, environment_id TEXT NOT NULL, at INTEGER NOT NULL, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL,
     actor_name TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL, outcome TEXT NOT NULL, duration_ms REAL NOT NULL) STRICT;
   CREATE INDEX audit_of_environment ON audit (environment_id, id);
   CREATE TABLE agent_sessions (
     id TEXT PRIMARY KEY, environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, agent_id TEXT NOT NULL, agent_name TEXT NOT NULL,
     started_at INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT;
   CREATE TABLE agent_changes (
     id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES agent_sessions(id) ON DELETE CASCADE, file_id TEXT NOT NULL, path TEXT NOT NULL,
     at INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
   CREATE INDEX agent_changes_of_session ON agent_changes (session_id, id);
   CREATE TABLE proposals (
     id TEXT PRIMARY KEY, environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, agent_id TEXT NOT NULL, agent_name TEXT NOT NULL,
     colour INTEGER NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, file_id TEXT, to_path TEXT, base TEXT NOT NULL, proposed TEXT NOT NULL,
     status TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
   CREATE INDEX proposals_of_environment ON proposals (environment_id, status, created_at);
   CREATE TABLE file_locks (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, file_id TEXT NOT NULL, holder_kind TEXT NOT NULL, holder_id TEXT NOT NULL,
     holder_name TEXT NOT NULL, reason TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, PRIMARY KEY (environment_id, file_id)) STRICT, WITHOUT ROWID;`,
  // server/history/SPEC.md. A change without content says that the path is gone.
  `CREATE TABLE revisions (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, revision INTEGER NOT NULL, log_seq INTEGER NOT NULL,
     started_at INTEGER NOT NULL, at INTEGER NOT NULL, authors TEXT NOT NULL, kind TEXT NOT NULL, restored INTEGER, name TEXT,
     PRIMARY KEY (environment_id, revision)) STRICT, WITHOUT ROWID;
   CREATE TABLE revision_changes (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, path TEXT NOT NULL, revision INTEGER NOT NULL,
     file TEXT, kind TEXT, content TEXT, size INTEGER, mode INTEGER, authors TEXT NOT NULL,
     PRIMARY KEY (environment_id, path, revision)) STRICT, WITHOUT ROWID;
   CREATE INDEX revision_changes_by_revision ON revision_changes (environment_id, revision);
   CREATE INDEX revision_changes_by_content ON revision_changes (content);
   CREATE TABLE revision_contents (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT;`,
  `CREATE TABLE shares (
     id TEXT PRIMARY KEY, environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
     code INTEGER NOT NULL, ports TEXT NOT NULL, lan_ports TEXT NOT NULL, password TEXT, created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER) STRICT;
   CREATE INDEX shares_of_environment ON shares (environment_id, created_at);`,
  // server/embeds/SPEC.md
  `CREATE TABLE embeds (
     id TEXT PRIMARY KEY, environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, label TEXT NOT NULL, role TEXT NOT NULL,
     origins TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER) STRICT;
   CREATE INDEX embeds_of_environment ON embeds (environment_id, created_at);`,
  // What is left of environments that were terminated; and what program each agent is, as it says itself.
  `CREATE TABLE terminated_environments (
     id TEXT PRIMARY KEY, task_id TEXT NOT NULL, agent_id TEXT, template TEXT NOT NULL, created_at INTEGER NOT NULL, terminated_at INTEGER NOT NULL,
     author TEXT NOT NULL) STRICT;
   CREATE INDEX terminated_environments_by_time ON terminated_environments (terminated_at);
   ALTER TABLE agent_tokens ADD COLUMN client TEXT;
   CREATE INDEX agent_tokens_of_environment ON agent_tokens (environment_id);`,
  // server/history/SPEC.md, H8: since when nobody refers to a blob.
  `CREATE TABLE unused_blobs (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, sha256 TEXT NOT NULL, since INTEGER NOT NULL,
     PRIMARY KEY (environment_id, sha256)) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE environments ADD COLUMN draft INTEGER NOT NULL DEFAULT 0;`,
  // server/share/SPEC.md, SH19
  `ALTER TABLE shares ADD COLUMN wake INTEGER NOT NULL DEFAULT 0;
   UPDATE shares SET wake = 1 WHERE password IS NOT NULL;`,
  // server/backend-settings/SPEC.md; values are sealed.
  `CREATE TABLE backend_variables (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, name TEXT NOT NULL, secret INTEGER NOT NULL, value BLOB NOT NULL,
     updated_at INTEGER NOT NULL, PRIMARY KEY (environment_id, name)) STRICT, WITHOUT ROWID;
   CREATE TABLE backend_hosts (
     environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE, host TEXT NOT NULL, header TEXT, value BLOB,
     updated_at INTEGER NOT NULL, PRIMARY KEY (environment_id, host)) STRICT, WITHOUT ROWID;`,
];

export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA secure_delete=OFF;');
  migrate(database);
  return database;
}

function migrate(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (row.user_version > MIGRATIONS.length) throw new Error(`The data folder was written by a newer version (${row.user_version}); update Terrarium.`);
  for (let version = row.user_version; version < MIGRATIONS.length; version++) {
    transaction(database, () => {
      database.exec(MIGRATIONS[version] ?? '');
      database.exec(`PRAGMA user_version=${version + 1}`);
    });
  }
}

/** All of it or nothing. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
