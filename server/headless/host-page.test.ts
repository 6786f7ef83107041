/** The page of an environment in the server's own browser, with a real one. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createIdentities } from '../auth/identities.ts';
import { loadSecrets } from '../auth/secrets.ts';
import { startListening } from '../host-link/testing.ts';
import { openDatabase } from '../storage/database.ts';
import type { TestServer } from '../testing.ts';
import { launchHeadless } from './browser.ts';
import type { HeadlessBrowser } from './browser.ts';
import { openHostPage } from './host-page.ts';

let server: TestServer;
let headless: HeadlessBrowser;
beforeAll(async () => {
  server = await startListening();
  headless = await launchHeadless({ executable: undefined, appOrigin: server.base, egress: [] });
}, 60_000);
afterAll(async () => {
  await headless.close();
  await server.dispose();
});

test('[HB3] the token of a page is renewed for as long as the page lives, and ends with it', async () => {
  const id = await server.create();
  const database = openDatabase(path.join(server.settings.dataDir, 'terrarium.sqlite'));
  const identities = createIdentities({ database, secrets: loadSecrets(server.settings.dataDir, server.ownerToken), agentOf: () => undefined, embedOf: () => undefined, cookieName: 'c', appOrigin: server.base });
  let token = '';
  const first = Promise.withResolvers<number>();
  const warned: string[] = [];
  const page = await openHostPage({
    browser: headless, appOrigin: server.base, environmentId: id, lifetime: 2000, logger: { warn: (message) => void warned.push(message) },
    identities: { ...identities, admit: (member) => {
      ({ token } = member);
      first.resolve(member.expiresAt);
      identities.admit(member);
    } },
  });
  const firstEnd = await first.promise;
  const mayRead = async () => (await server.api(`/api/environments/${id}/files`, { token })).status;
  expect(await mayRead()).toBe(200);
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(firstEnd + 500), { timeout: 10_000, interval: 50 });
  expect([await mayRead(), warned]).toEqual([200, []]);
  await page.close();
  expect(await mayRead()).toBe(401);
  // What a renewal under way writes brings nothing back.
  identities.renew('host_none', Date.now() + 60_000);
  expect(await mayRead()).toBe(401);
  database.close();
}, 30_000);
