import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { html } from 'hono/html';

const app = new Hono();

app.get('/', (c) =>
  c.html(html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="UTF-8" />
        <title>Hono</title>
      </head>
      <body>
        <h1>Hono on Node</h1>
        <p>Try <a href="/api/hello?name=you">/api/hello</a>.</p>
      </body>
    </html>`),
);

app.get('/api/hello', (c) => c.json({ hello: c.req.query('name') ?? 'world', at: new Date().toISOString() }));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`Listening on http://localhost:${port}`);
});
