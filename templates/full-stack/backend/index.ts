import { Hono } from 'hono';
import type { Database } from './database.ts';
import { addNote, listNotes, MAX_LENGTH, removeNote } from './notes.ts';

const app = new Hono<{ Bindings: { DB: Database } }>();

app.get('/', (c) => c.json({ message: 'This is the backend. Try /notes.' }));

app.get('/notes', async (c) => c.json(await listNotes(c.env.DB)));

app.post('/notes', async (c) => {
  const body = await c.req.json<{ text?: unknown }>().catch(() => null);
  const text = typeof body?.text === 'string' ? body.text.trim() : '';
  if (text === '' || text.length > MAX_LENGTH) return c.json({ error: `A note has 1 to ${MAX_LENGTH} characters` }, 400);
  return c.json(await addNote(c.env.DB, text), 201);
});

app.delete('/notes/:id{[0-9]+}', async (c) => {
  const found = await removeNote(c.env.DB, Number(c.req.param('id')));
  return found ? c.body(null, 204) : c.json({ error: 'There is no such note' }, 404);
});

export default app;
