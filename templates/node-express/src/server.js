import path from 'node:path';
import express from 'express';

const app = express();
app.use(express.json());
app.use(express.static(path.join(import.meta.dirname, '..', 'public')));

app.get('/api/hello', (request, response) => {
  response.json({ hello: request.query.name ?? 'world', at: new Date().toISOString() });
});

app.post('/api/echo', (request, response) => {
  response.json(request.body);
});

const port = Number(process.env.PORT ?? 3000);
app.listen(port, () => {
  console.log(`Listening on http://localhost:${port}`);
});
