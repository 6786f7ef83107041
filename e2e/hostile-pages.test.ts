/** Pages of a preview that do their worst in the server's own browser: each call of a `page_*` tool ends in bounded time with a bounded answer or a code, and the others go on (server/headless/SPEC.md, HP3-HP6). */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runningProduct } from './product/in-process.ts';

/** What each path serves, by a program of the container. */
const DEV = `import { createServer } from 'node:http';
const script = (text) => '<!doctype html><title>hostile</title><p>here</p><script>' + text + '</script>';
const pages = {
  '/': '<!doctype html><title>Fine</title><h1>Fine</h1><button onclick="this.textContent=1">Press</button>',
  '/huge': script('const all = document.createDocumentFragment(); for (let i = 0; i < 200000; i++) all.append(document.createElement("i")); document.body.append(all)'),
  '/dialogs': script('onbeforeunload = (event) => { event.preventDefault(); return "stay"; }; setInterval(() => { alert(1); confirm(2); prompt(3); }, 1)'),
  '/windows': script('for (let i = 0; i < 200; i++) open("/?" + i); setInterval(() => open("/"), 1)'),
  '/navigates': script('setTimeout(() => location.replace("/navigates?" + Math.random()), 1)'),
  '/giant': script('document.title = "t".repeat(5e6); const b = document.createElement("button"); b.setAttribute("aria-label", "n".repeat(5e6)); b.textContent = "x".repeat(5e6); document.body.append(b); for (let i = 0; i < 500; i++) b.setAttribute("a" + i + "-".repeat(5000), "v".repeat(50000))'),
  '/tall': '<!doctype html><title>tall</title><body style="margin:0"><div id=tall style="height:3000000px;background:linear-gradient(red,blue)"></div>',
  '/canvas': script('for (let i = 0; i < 40; i++) { const c = document.createElement("canvas"); c.width = c.height = 8192; document.body.append(c); const x = c.getContext("2d"); x.fillRect(0, 0, 8192, 8192); }'),
  '/prompts': script('navigator.geolocation.getCurrentPosition(() => {}, () => document.title = "denied"); Notification.requestPermission(); navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => {});'),
  '/file': '<!doctype html><title>file</title><input type=file>',
  '/endless': script('for (;;);'),
  '/endless-later': '<!doctype html><title>later</title><p>here</p><button onclick="for (;;);">Hang</button><input>',
  '/leaves': script('setTimeout(() => location.href = "file:///etc/passwd", 1)'),
  '/to-app': (request) => script('location.href = ' + JSON.stringify(new URL(request.headers['x-forwarded-host'] ? 'http://localhost:' + request.headers['x-forwarded-host'].split(':')[1] : 'http://localhost').href)),
};
createServer((request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/download') return response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename=x.bin' }).end('x');
  response.setHeader('content-type', 'text/html');
  if (path === '/unfinished') return void response.write('<!doctype html><title>unfinished</title><p>part</p>');
  const page = pages[path] ?? '<!doctype html><title>other</title>';
  response.end(typeof page === 'string' ? page : page(request));
}).listen(5173);
`;

const running = runningProduct();
const api = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(running.product.origin + path, { ...init, headers: { authorization: `Bearer ${running.product.ownerToken}`, 'content-type': 'application/json', ...init.headers } });

let id: string;
interface Answer { status: number; code: string | undefined; text: string; ms: number; output: Record<string, unknown> }

async function tool(name: string, input: object = {}): Promise<Answer> {
  const began = performance.now();
  const response = await api(`/api/environments/${id}/tools/${name}`, { method: 'POST', body: JSON.stringify(input) });
  const text = await response.text();
  const body = JSON.parse(text) as Record<string, unknown> & { error?: { code: string; message: string } };
  return { status: response.status, code: body.error?.code, text, ms: performance.now() - began, output: body };
}
/** Opens a page and looks at it each way. */
async function looked(path: string, ways: string[] = ['page_tree', 'page_query', 'page_screenshot']): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = { open: await tool('page_open', { path }) };
  for (const [name, input] of [['page_tree', {}], ['page_query', { selector: 'p, button, input', limit: 5 }], ['page_screenshot', {}]] as const) if (ways.includes(name)) answers[name] = await tool(name, input);
  return answers;
}
const LONGEST_MS = 40_000;
const MOST_TEXT = 20 * 1024 * 1024;

beforeAll(async () => {
  id = await running.product.create('static-html');
  await api(`/api/environments/${id}/files/package-lock.json`, { method: 'DELETE' });
  await api(`/api/environments/${id}/files/package.json`, { method: 'PUT', body: '{ "scripts": { "dev": "node dev.mjs" } }' });
  await api(`/api/environments/${id}/files/dev.mjs`, { method: 'PUT', body: DEV });
  const person = await running.person();
  await person.goto(`${running.product.origin}/e/${id}`);
  await vi.waitFor(async () => expect((await tool('page_open', { path: '/' })).output['title']).toBe('Fine'), { timeout: 60_000 });
});
// After each of them a good page is as good as ever, and the server answers at once.
afterEach(async () => {
  const began = performance.now();
  expect((await api('/api/environments')).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(1000);
  expect((await tool('page_open', { path: '/' })).output).toMatchObject({ url: '/', title: 'Fine' });
  expect((await tool('page_click', { selector: 'button' })).status).toBe(200);
});

function expectBounded(answers: Record<string, Answer>): void {
  for (const [name, { status, code, text, ms }] of Object.entries(answers)) {
    expect.soft({ name, isAnswer: status === 200 || code === 'E-TERRARIUM-1394', text: text.slice(0, 300) }).toMatchObject({ name, isAnswer: true });
    expect.soft({ name, bounded: ms < LONGEST_MS && text.length < MOST_TEXT }).toEqual({ name, bounded: true });
  }
}

describe('[HP6] a call ends, and the answer is bounded', () => {
  test.each(['/navigates', '/giant', '/prompts', '/file', '/download'])('%s', async (path) => {
    expectBounded(await looked(path));
  });
  test.each(['/dialogs', '/windows', '/canvas'])('%s', async (path) => {
    expectBounded(await looked(path, ['page_screenshot']));
  });
  test('200,000 elements are counted, shown, and not outlined', async () => {
    const answers = await looked('/huge');
    expectBounded(answers);
    expect(answers['page_tree']?.text).toMatch(/there are 20\d{4} elements/);
    expect(answers['page_screenshot']?.status).toBe(200);
    expect((await tool('page_query', { selector: 'i', limit: 1 })).output['count']).toBe(200_000);
  });
  test('a page that never finishes loading is there in part', async () => {
    const answers = await looked('/unfinished');
    expectBounded(answers);
    expect(answers['open']?.output).toMatchObject({ loading: true, title: 'unfinished' });
    expect(answers['page_tree']?.text).toContain('part');
  });
  // A script that never ends leaves no turn to anybody who asks its page: each tool ends with a code, and the page with it.
  test('a script that begins to run for ever, and every tool after it', async () => {
    expect((await tool('page_open', { path: '/endless-later' })).output).toMatchObject({ title: 'later' });
    const hang = tool('page_click', { selector: 'button' });
    const calls: [string, object][] = [['page_tree', {}], ['page_query', { selector: 'p' }], ['page_screenshot', {}], ['page_click', { selector: 'p' }], ['page_type', { selector: 'input', text: 'a' }], ['page_press', { selector: 'p', key: 'a' }]];
    await hang;
    const answers = Object.fromEntries(await Promise.all(calls.map(async ([name, input]) => [name, await tool(name, input)] as const)));
    expectBounded({ ...answers, hang: await hang });
    expect(Object.entries(answers).map(([name, { code }]) => `${name} ${code}`)).toEqual(calls.map(([name]) => `${name} E-TERRARIUM-1394`));
  });
  test('an endless script at load is a code', async () => {
    const answer = await tool('page_open', { path: '/endless' });
    expectBounded({ answer });
    expect(answer.code).toBe('E-TERRARIUM-1394');
  });
  test('three million pixels are shown as far as can be drawn, and their element is not', async () => {
    await tool('page_open', { path: '/tall' });
    const { output } = await tool('page_screenshot', { fullPage: true });
    expect(output['height']).toBe(16_384);
    expect((await tool('page_screenshot', { selector: '#tall' })).text).toContain('3000000 pixels');
  });
  test('a page that has left for the app is no preview; one that would leave for a file stays', async () => {
    await tool('page_open', { path: '/to-app' });
    await expect.poll(async () => (await tool('page_tree')).text).toContain('it has left the preview for http://localhost:');
    expectBounded(await looked('/leaves'));
    expect((await tool('page_tree')).text).not.toContain('root:');
  });
});
