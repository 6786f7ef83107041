/** The server at its limits: its disk is full, a message is larger than it takes. People are told, nothing that was saved is lost, and it goes on by itself. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { documentSocket } from '../app/document/socket.ts';
import { launchBrowser, newProfile } from './product/browser.ts';
import { serverOnSmallDisk, type SmallDisk } from './product/small-disk.ts';
import { editorText, saved, typeAtTop, until } from './product/workspace.ts';

let disk: SmallDisk;
let browser: Browser;
let page: Page;
let id: string;
const bytes = (path: string, size: number) => disk.server.api(`/api/environments/${id}/files/${path}`, { method: 'PUT', body: new Uint8Array(size) });
beforeAll(async () => {
  disk = await serverOnSmallDisk(128);
  [browser] = await Promise.all([launchBrowser(), disk.server.start()]);
  page = await disk.server.signIn(await newProfile(browser));
  id = await disk.server.create('static-html');
  await page.goto(`${disk.server.origin}/e/${id}`);
  await page.locator('.view-line').first().waitFor();
  await saved(page);
});
afterAll(async () => {
  await browser.close();
  await disk.server.dispose();
});

describe('the server’s disk is full', () => {
  test('a file is refused whole with E-TERRARIUM-1141 and what to do; what is typed is not called saved, and is as soon as there is room', async () => {
    expect((await bytes('before.bin', 1000)).status).toBe(201);
    await disk.fill();
    const answer = await bytes('large.bin', 1024 * 1024);
    expect(answer.status).toBe(507);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    expect([error.code, error.message]).toEqual(['E-TERRARIUM-1141', expect.stringContaining('ask who runs this server to free space')]);

    const text = await disk.server.api(`/api/environments/${id}/files/late.txt`, { method: 'PUT', body: 'some text\n' });
    expect([text.status, await text.text()]).toEqual([507, expect.stringContaining('E-TERRARIUM-1141')]);
    expect((await disk.server.api(`/api/environments/${id}/files/late.txt`)).status).toBe(404);

    const typed = `<!-- ${'typed on a full disk '.repeat(60)}-->`;
    await page.locator('.view-line').first().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.insertText(typed);
    await page.waitForSelector('[data-saved]:not([data-saved=saved])', { state: 'attached' });
    expect(await disk.server.stored(id, 'before.bin')).toHaveLength(1000);
    // The server that ends now has promised nothing of it; the browser has it.
    expect(await page.locator('[data-saved=saved]').count()).toBe(0);
    await disk.empty();
    await saved(page);
    expect(await disk.server.stored(id, 'index.html')).toContain(typed);
    expect((await disk.server.api(`/api/environments/${id}/files/large.bin`)).status).toBe(404);
    expect((await bytes('large.bin', 1000)).status).toBe(201);
  });
});

describe('a message that is larger than the server takes', () => {
  test('ends its connection with 4413 and E-TERRARIUM-1140, and changes nothing', async () => {
    const before = await disk.server.api(`/api/environments/${id}/files`).then((response) => response.text());
    const closed = await page.evaluate(
      ([environment, size]) =>
        new Promise<{ code: number; reason: string }>((resolve) => {
          const socket = new WebSocket(`/ws/${environment}`, ['terrarium.v1']);
          socket.onopen = () => socket.send(new Uint8Array(size));
          socket.onclose = ({ code, reason }) => resolve({ code, reason });
        }),
      [id, 8 * 1024 * 1024 + 1] as const,
    );
    expect(closed).toEqual({ code: 4413, reason: expect.stringMatching(/^E-TERRARIUM-1140 /) });
    expect(await disk.server.api(`/api/environments/${id}/files`).then((response) => response.text())).toBe(before);
    await typeAtTop(page, 'goes on ');
    await until(() => editorText(page), /^goes on /, 10_000);
    await saved(page);
  });
});

describe('more than one message may hold', () => {
  /** @returns what was read of the room's copy once it has all that was written without a connection, or the code that it closed with */
  async function sync(socket: typeof WebSocket): Promise<string | number> {
    const { server } = disk;
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
    const connect = (doc: Y.Doc, WebSocketPolyfill: typeof WebSocket): WebsocketProvider => {
      const provider = new WebsocketProvider(`${server.origin.replace('http', 'ws')}/ws`, id, doc, { disableBc: true, protocols: ['terrarium.v1', `bearer.${server.owner['authorization']?.slice('Bearer '.length)}`], WebSocketPolyfill });
      // The room's own messages, of which nothing is asked here.
      provider.messageHandlers[100] = provider.messageHandlers[101] = () => undefined;
      return provider;
    };
    mine.getText('backlog').insert(0, '0123456789'.repeat(900_000));
    const provider = connect(mine, socket);
    const reader = connect(theirs, WebSocket);
    const closed = new Promise<number>((resolve) => provider.on('connection-close', (event) => resolve(event?.code ?? 0)));
    const whole = new Promise<string>((resolve) => theirs.on('update', () => {
      const text = theirs.getText('backlog');
      if (text.length === 9_000_000) resolve(text.toJSON());
    }));
    const result = await Promise.race([closed, whole]);
    provider.destroy();
    reader.destroy();
    return result;
  }

  test('is refused whole, and taken in the pieces that the page sends', async () => {
    expect(await sync(WebSocket)).toBe(4413);
    expect(await sync(documentSocket(() => undefined))).toBe('0123456789'.repeat(900_000));
  });
});
