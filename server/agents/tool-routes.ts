/** Tools over REST: `POST /api/environments/{id}/tools/{name}`, its answer as JSON, or as events for who asks for `text/event-stream` (SPEC.md, C5). */
import { streamSSE } from 'hono/streaming';
import { TOOLS, TOOL_NAMES } from '../../shared/agents/tools.ts';
import { toResponse, TerrariumError } from '../../shared/errors/error.ts';
import type { ApiApp, ApiOptions } from '../api.ts';
import { publicError } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';

/** A file in base64 and what is around it. */
const MAX_INPUT = 32 * 1024 * 1024;

export function toolRoutes(app: ApiApp, { agents, logger }: ApiOptions): void {
  app.post('/api/environments/:id/tools/:name', async (c) => {
    const input = inputOf(await readBody(c.req.raw, MAX_INPUT));
    const call = { name: c.req.param('name'), input, identity: c.get('identity'), environmentId: c.req.param('id') };
    const agent = call.identity?.agent;
    if (agent !== undefined && agent.client === undefined) agents.tokens.noteClient(agent.id, 'REST API', true);
    if (!(c.req.header('accept') ?? '').includes('text/event-stream')) return c.json(await agents.call({ ...call, signal: c.req.raw.signal }), 200);
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      let written: Promise<unknown> = Promise.resolve();
      const send = (event: string, data: unknown) => {
        written = written.then(() => stream.writeSSE({ event, data: JSON.stringify(data) }));
        return written;
      };
      try {
        const output = await agents.call({ ...call, signal: gone.signal, progress: (text) => void send('output', text) });
        await send('result', output);
      } catch (error) {
        if (!gone.signal.aborted) await send('error', toResponse(publicError(error, logger)).body);
      }
    });
  });
  describe(app.openAPIRegistry);
}

function inputOf(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    throw TerrariumError.of('E-TERRARIUM-1100');
  }
}

function describe(registry: ApiApp['openAPIRegistry']): void {
  for (const name of TOOL_NAMES) {
    const { title, description, verb, input, output } = TOOLS[name];
    registry.registerPath({
      method: 'post',
      path: `/api/environments/{id}/tools/${name}`,
      summary: title,
      description: `${description} Needs the verb ${verb}.`,
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      request: { body: jsonBody(input) },
      responses: { 200: json('What it found or did', output), 401: failure, 403: failure, 404: failure, 422: failure, 429: failure },
    });
  }
}
