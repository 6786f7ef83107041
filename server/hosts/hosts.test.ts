import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { withBoot } from './preview-host.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.dispose());

const get = (url: string, headers: Record<string, string> = {}) => server.fetch(new Request(url, { headers }));
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe('host names', () => {
  test.each(['http://evil.example:4000/', 'http://ab.preview.localhost:4000/', 'http://xn--a.preview.localhost:4000/', 'http://foo.bar.preview.localhost:4000/', 'http://localhost:4001/', 'http://foo--0.preview.localhost:4000/', 'http://foo--65536.preview.localhost:4000/'])('421 for %s', async (url) => {
    const response = await get(url);
    expect(response.status).toBe(421);
    expect(await codeOf(response)).toBe('E-TERRARIUM-1103');
  });
  test('the health check answers by address too', async () => {
    expect((await get('http://127.0.0.1:4000/healthz')).status).toBe(200);
    expect((await get('http://localhost:4000/healthz')).status).toBe(200);
  });
});

describe('container host', () => {
  test('headless carries its boot data and a capability for packages', async () => {
    const response = await get('http://some-label.preview.localhost:4000/headless');
    const html = await response.text();
    const boot = JSON.parse(/id="terrarium-boot">(.*?)<\/script>/.exec(html)?.[1] ?? '') as Record<string, unknown>;
    expect(boot).toMatchObject({ label: 'some-label', baseOrigin: 'http://localhost:4000', packagesOrigin: 'http://packages.preview.localhost:4000', assets: { kernel: 'kernel-abc.js' } });
    expect(boot['capability']).toMatch(/^[\w-]+\.[\w-]+$/);
  });
  test('isolated by Document-Isolation-Policy, or by the embedder policy that is asked for', async () => {
    const plain = await get('http://some-label.preview.localhost:4000/headless');
    expect(plain.headers.get('document-isolation-policy')).toBe('isolate-and-credentialless');
    expect(plain.headers.get('cross-origin-embedder-policy')).toBeNull();
    const coep = await get('http://some-label.preview.localhost:4000/headless?coep=require-corp');
    expect(coep.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(coep.headers.get('document-isolation-policy')).toBeNull();
  });
  test('the page and the broker carry an embedder policy where the browser asks for one', async () => {
    const headers = async (url: string, cookie = '') => {
      const response = await get(url, { cookie });
      return [response.headers.get('cross-origin-embedder-policy'), response.headers.get('cross-origin-opener-policy')];
    };
    expect(await headers('http://localhost:4000/e/some-label')).toEqual([null, null]);
    expect(await headers('http://localhost:4000/e/some-label', 'a=b; terrarium-isolation=credentialless')).toEqual(['credentialless', 'same-origin']);
    expect(await headers('http://localhost:4000/', 'terrarium-isolation=unsafe-none')).toEqual([null, null]);
    expect(await headers('http://some-label.broker.localhost:4000/')).toEqual([null, null]);
    expect(await headers('http://some-label.broker.localhost:4000/?coep=require-corp')).toEqual(['require-corp', null]);
  });
  test.each(['some-label.preview.localhost:4000/~forget', 'some-label--5173.preview.localhost:4000/~terrarium/forget'])('[H14] %s may be framed by the app, by nobody else, and does nothing while it is an environment', async (place) => {
    const policy = (await get(`http://${place}`)).headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+'; base-uri 'none'; frame-ancestors http:\/\/localhost:4000$/);
    const refused = await get(`http://${place.replace('some-label', await server.create())}`);
    expect([refused.status, await codeOf(refused)]).toEqual([404, 'E-TERRARIUM-1102']);
  });
  test('an environment is framed by its broker and the app only, any other label by the embedders', async () => {
    const id = await server.create();
    const own = (await get(`http://${id}.preview.localhost:4000/headless`)).headers.get('content-security-policy') ?? '';
    expect(own).toContain(`frame-ancestors http://${id}.broker.localhost:4000 http://localhost:4000`);
    expect(own).not.toContain('embedder.example');
    const other = (await get('http://some-label.preview.localhost:4000/headless')).headers.get('content-security-policy') ?? '';
    expect(other).toContain('frame-ancestors http://localhost:4000 https://embedder.example');
  });
  test('hashed assets are immutable, embeddable everywhere, and no page', async () => {
    const asset = await get('http://some-label.preview.localhost:4000/~runtime/kernel-abc.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect((await get('http://some-label.preview.localhost:4000/~runtime/headless.html')).status).toBe(404);
    expect((await get('http://some-label.preview.localhost:4000/~runtime/..%2f..%2ftemplates%2ftiny%2fpackage.json')).status).toBe(404);
  });
  test('a fresh capability is given to the host itself only', async () => {
    expect((await get('http://some-label.preview.localhost:4000/~capability', { 'sec-fetch-site': 'same-site' })).status).toBe(401);
    expect((await get('http://some-label.preview.localhost:4000/~capability', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
  test('boot data cannot end its element', () => {
    expect(withBoot('<head></head>', { a: '</script>$&' })).toBe('<head><script type="application/json" id="terrarium-boot">{"a":"\\u003c/script>$&"}</script></head>');
  });
});

describe('preview origin', () => {
  test('serves its own files, and the bootstrap page for everything else, sandboxed', async () => {
    expect(await (await get('http://abc--5173.preview.localhost:4000/~terrarium/client.js')).text()).toBe('// client');
    const page = await get('http://abc--5173.preview.localhost:4000/any/path?x');
    expect(await page.text()).toContain('bootstrap');
    expect(page.headers.get('content-security-policy')).toContain('sandbox allow-scripts allow-same-origin allow-forms;');
    expect((await get('http://abc--5173.preview.localhost:4000/~terrarium/none.js')).status).toBe(404);
  });
  test('sets no cookie, and none opens the API there', async () => {
    const response = await get('http://abc--5173.preview.localhost:4000/api/environments', { cookie: 'terrarium_session_4000=x', 'sec-fetch-site': 'same-origin' });
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(await response.text()).toContain('bootstrap');
  });
});

describe('app and broker', () => {
  test('the page has a strict policy on each of its addresses', async () => {
    for (const address of ['/', '/e/abc', '/login']) {
      const page = await get(`http://localhost:4000${address}`);
      expect(page.status).toBe(200);
      const csp = page.headers.get('content-security-policy') ?? '';
      expect(csp).toContain('frame-src http://*.broker.localhost:4000 http://*.preview.localhost:4000');
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).not.toContain("'unsafe-eval'");
    }
    expect((await get('http://localhost:4000/assets/none.js')).status).toBe(404);
    expect((await get('http://localhost:4000/..%2f..%2fdata%2fowner-token')).status).toBe(404);
  });
  test('the broker is framed by the app and frames its own host', async () => {
    const csp = (await get('http://abc.broker.localhost:4000/')).headers.get('content-security-policy') ?? '';
    expect(csp).toContain('frame-src http://abc.preview.localhost:4000');
    expect(csp).toContain('frame-ancestors http://localhost:4000');
  });
  test('an unchanged file is not sent again', async () => {
    const first = await get('http://localhost:4000/assets/index-1.js');
    const again = await get('http://localhost:4000/assets/index-1.js', { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });
});
