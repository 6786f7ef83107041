import { useEffect, useState } from 'react';
import { addNote, listNotes, removeNote } from './api.ts';
import type { Note } from './api.ts';

export function App() {
  const [notes, setNotes] = useState<Note[]>();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      setProblem('');
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  useEffect(() => {
    const stop = new AbortController();
    void attempt(async () => setNotes(await listNotes(stop.signal)));
    return () => stop.abort();
  }, []);

  function save() {
    void attempt(async () => {
      const note = await addNote(text);
      setNotes((known = []) => [note, ...known]);
      setText('');
    });
  }

  function remove(id: number) {
    void attempt(async () => {
      await removeNote(id);
      setNotes((known = []) => known.filter((note) => note.id !== id));
    });
  }

  return (
    <main>
      <h1>Notes</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input aria-label="New note" placeholder="Write a note" value={text} maxLength={1000} onChange={(event) => setText(event.target.value)} />
        <button type="submit" disabled={text.trim() === ''}>
          Save
        </button>
      </form>
      {problem !== '' && <p role="alert">{problem}</p>}
      {notes === undefined && problem === '' && <p className="quiet">Loading…</p>}
      {notes?.length === 0 && <p className="quiet">No notes yet. They are kept by <code>backend/index.ts</code>.</p>}
      <ul>
        {notes?.map((note) => (
          <li key={note.id}>
            <span>{note.text}</span>
            <button type="button" aria-label={`Delete ${note.text}`} onClick={() => remove(note.id)}>
              ×
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
