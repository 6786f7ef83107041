import type { Database } from './database.ts';

export interface Note {
  id: number;
  text: string;
  created_at: string;
}

export const MAX_LENGTH = 1000;

export async function listNotes(db: Database): Promise<Note[]> {
  const { results } = await db.prepare('SELECT id, text, created_at FROM notes ORDER BY id DESC LIMIT 100').all<Note>();
  return results;
}

export async function addNote(db: Database, text: string): Promise<Note> {
  const note = await db.prepare('INSERT INTO notes (text) VALUES (?) RETURNING id, text, created_at').bind(text).first<Note>();
  if (note === null) throw new Error('The database returned no row for a new note');
  return note;
}

/** Whether there was such a note. */
export async function removeNote(db: Database, id: number): Promise<boolean> {
  const { meta } = await db.prepare('DELETE FROM notes WHERE id = ?').bind(id).run();
  return meta.changes > 0;
}
