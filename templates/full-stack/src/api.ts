export interface Note {
  id: number;
  text: string;
  created_at: string;
}

/** Address of the backend; the environment sets it for the dev server and for builds. */
const base: string | undefined = import.meta.env.VITE_API_URL;

async function call(path: string, init?: RequestInit): Promise<Response> {
  if (base === undefined) throw new Error('VITE_API_URL is not set: there is no backend to call');
  const response = await fetch(`${base}${path}`, init);
  if (response.ok) return response;
  const problem = (await response.json().catch(() => null)) as { error?: unknown; message?: unknown } | null;
  const said = [problem?.error, problem?.message].find((text) => typeof text === 'string');
  throw new Error(said ?? `The backend answered ${response.status}`);
}

export async function listNotes(signal?: AbortSignal): Promise<Note[]> {
  return (await (await call('/notes', { signal })).json()) as Note[];
}

export async function addNote(text: string): Promise<Note> {
  const response = await call('/notes', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) });
  return (await response.json()) as Note;
}

export async function removeNote(id: number): Promise<void> {
  await call(`/notes/${id}`, { method: 'DELETE' });
}
