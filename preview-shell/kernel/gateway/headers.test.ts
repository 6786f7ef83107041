import { describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../shared/protocol/preview-channel.ts';
import { requestHeaders, responseHeaders, toPreview, type ForwardedRequest, type PreviewAddress } from './headers.ts';

const here: PreviewAddress = { scheme: 'http', baseHost: 'localhost:4000', label: 'lab', port: 5173 };
const abroad: PreviewAddress = { scheme: 'https', baseHost: 'terrarium.example', label: 'lab', port: 5173 };
const ORIGIN = 'http://lab--5173.preview.localhost:4000';
const context = (more: Partial<RequestContext> = {}): RequestContext => ({ origin: ORIGIN, referrer: `${ORIGIN}/a`, mode: 'cors', destination: 'script', cookies: '', credentials: 'same-origin', ...more });
const request = (more: Partial<ForwardedRequest> = {}): ForwardedRequest => ({ method: 'GET', headers: [], context: context(), contentLength: undefined, cookie: undefined, ...more });
const sent = (address: PreviewAddress, more: Partial<ForwardedRequest>) => Object.fromEntries(requestHeaders(address, request(more)).map(([name, value]) => [name.toLowerCase(), value]));

describe('headers', () => {
  test('[GW8] what the page may not say is dropped, what it may is kept', () => {
    const headers = sent(here, { headers: [['X-Own', '1'], ['Host', 'evil'], ['Cookie', 'x'], ['Transfer-Encoding', 'chunked'], ['Content-Length', '9'], ['Sec-Fetch-Site', 'none'], ['X-Forwarded-For', '6.6.6.6'], ['Upgrade', 'h2c'], ['Bad Name', '1'], ['Smuggled', 'a\r\nX: 1']] });
    expect(headers).toMatchObject({ 'x-own': '1', host: 'lab--5173.preview.localhost:4000', 'sec-fetch-site': 'same-origin', 'x-forwarded-for': '127.0.0.1', referer: `${ORIGIN}/a` });
    for (const name of ['cookie', 'transfer-encoding', 'content-length', 'upgrade', 'bad name', 'smuggled', 'x', 'origin']) expect(headers).not.toHaveProperty(name);
  });

  test('[GW8] Origin goes with what may change something, and to siblings', () => {
    expect(sent(here, { method: 'POST', contentLength: 3 })).toMatchObject({ origin: ORIGIN, 'content-length': '3' });
    expect(sent(here, { context: context({ origin: 'http://lab--3000.preview.localhost:4000' }) })).toMatchObject({ origin: 'http://lab--3000.preview.localhost:4000', 'sec-fetch-site': 'same-site' });
    expect(sent(here, { contentLength: null })).toMatchObject({ 'transfer-encoding': 'chunked' });
  });

  test('[GW8] under another domain the task’s server is told localhost, and its own origin to match', () => {
    const origin = 'https://lab--5173.preview.terrarium.example';
    expect(sent(abroad, { method: 'POST', context: context({ origin, referrer: `${origin}/x` }) })).toMatchObject({ host: 'localhost:5173', origin: 'http://localhost:5173', referer: 'http://localhost:5173/x', 'x-forwarded-host': 'lab--5173.preview.terrarium.example' });
  });

  test('[GW8] answers lose what would keep the app from framing them, and point to previews', () => {
    const answer = responseHeaders(here, [['X-Frame-Options', 'DENY'], ['Content-Security-Policy', "frame-ancestors 'none'; default-src 'self'"], ['Set-Cookie', 'a=1'], ['Location', 'http://localhost:3000/x'], ['Clear-Site-Data', '"*"'], ['ETag', '"1"']], 'none');
    expect(answer).toEqual([['Content-Security-Policy', "default-src 'self'"], ['Location', 'http://lab--3000.preview.localhost:4000/x'], ['ETag', '"1"']]);
  });

  test('[GW8] whether another port may read an answer is the server’s word, whichever name it has for the page', () => {
    expect(responseHeaders(here, [], 'none')).toEqual([]);
    expect(responseHeaders(here, [['Access-Control-Allow-Origin', 'http://localhost:3000']], 'none')).toEqual([['Access-Control-Allow-Origin', 'http://lab--3000.preview.localhost:4000']]);
    expect(responseHeaders(here, [['Access-Control-Allow-Origin', '*']], 'none')).toEqual([['Access-Control-Allow-Origin', '*']]);
  });

  test('[GW8] a page that writes localhost is told of as localhost', () => {
    const origin = 'http://lab--3000.preview.localhost:4000';
    expect(sent(here, { context: context({ origin, referrer: `${origin}/x?y`, loopback: true }) })).toMatchObject({ host: 'localhost:5173', origin: 'http://localhost:3000', referer: 'http://localhost:3000/x?y', 'sec-fetch-site': 'same-site' });
    expect(sent(here, { context: context({ origin: 'http://other--3000.preview.localhost:4000', loopback: true }) })).toMatchObject({ origin: 'http://other--3000.preview.localhost:4000' });
    expect(sent(here, { context: context({ origin, referrer: 'http://a/\r\nX: 1', mode: 'no-cors' }) })).not.toHaveProperty('origin');
    expect(sent(here, { context: context({ referrer: 'http://a/\r\nX: 1' }) })).not.toHaveProperty('referer');
  });

  test('[GW8] only loopback addresses are turned', () => {
    expect(toPreview(here, 'http://127.0.0.1:8080/a')).toBe('http://lab--8080.preview.localhost:4000/a');
    for (const url of ['http://localhost.evil.test/', '/a', 'https://example.com/?u=http://localhost:1/']) expect(toPreview(here, url)).toBe(url);
  });
});
