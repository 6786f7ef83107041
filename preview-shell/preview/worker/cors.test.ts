/** Rules of ../SPEC.md; expectations from the Fetch standard. */
import { describe, expect, test } from 'vitest';
import { corsFault, needsPreflight, preflightFault, preflightHeaders, shownHeaders, unsafeHeaderNames, type CorsRequest } from './cors.ts';

const ORIGIN = 'http://lab--5173.preview.localhost:4000';
const asking = (more: Partial<CorsRequest> = {}): CorsRequest => ({ method: 'GET', headers: [], origin: ORIGIN, withCredentials: false, ...more });
const JSON_BODY: CorsRequest['headers'] = [['content-type', 'application/json']];

describe('which requests are asked for first', () => {
  test('[P12] simple ones are not', () => {
    for (const method of ['GET', 'HEAD', 'POST']) expect(needsPreflight(asking({ method, headers: [['accept', '*/*'], ['content-type', 'text/plain;charset=UTF-8'], ['user-agent', 'x'], ['sec-ch-ua', '"x"']] }))).toBe(false);
    expect(needsPreflight(asking({ headers: [['accept', 'text/event-stream'], ['cache-control', 'no-cache'], ['last-event-id', '7']] }))).toBe(false);
  });
  test('[P12] others are', () => {
    expect(needsPreflight(asking({ method: 'PUT' }))).toBe(true);
    expect(needsPreflight(asking({ method: 'POST', headers: JSON_BODY }))).toBe(true);
    expect(unsafeHeaderNames([['X-B', '1'], ['Authorization', 'x'], ['accept', '('], ['content-type', `text/plain;${'a'.repeat(128)}`], ['range', 'bytes=-1']])).toEqual(['accept', 'authorization', 'content-type', 'range', 'x-b']);
    expect(preflightHeaders(asking({ method: 'DELETE', headers: [['X-B', '1'], ['X-A', '1']] }))).toContainEqual(['Access-Control-Request-Headers', 'x-a,x-b']);
  });
});

describe('whether the page may see the answer', () => {
  const fault = (more: Partial<CorsRequest>, headers: Record<string, string>): string | undefined => corsFault(asking(more), new Headers(headers));
  test('[P12] the CORS check', () => {
    expect(fault({}, {})).toContain('no Access-Control-Allow-Origin');
    expect(fault({}, { 'access-control-allow-origin': '*' })).toBeUndefined();
    expect(fault({}, { 'access-control-allow-origin': ORIGIN })).toBeUndefined();
    expect(fault({}, { 'access-control-allow-origin': 'http://lab--5174.preview.localhost:4000' })).toContain('another origin');
    expect(fault({ withCredentials: true }, { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' })).toContain('no credentials');
    expect(fault({ withCredentials: true }, { 'access-control-allow-origin': ORIGIN })).toContain('Allow-Credentials');
    expect(fault({ withCredentials: true }, { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' })).toBeUndefined();
  });
  test('[P12] the preflight’s answer', () => {
    const put = asking({ method: 'PUT', headers: [...JSON_BODY, ['authorization', 'x']] });
    const said = (more: Record<string, string>, status = 204): string | undefined => preflightFault(put, status, new Headers({ 'access-control-allow-origin': '*', ...more }));
    expect(said({})).toContain('method PUT');
    expect(said({ 'access-control-allow-methods': 'GET, PUT' })).toContain('header authorization');
    expect(said({ 'access-control-allow-methods': '*', 'access-control-allow-headers': '*' })).toContain('header authorization');
    expect(said({ 'access-control-allow-methods': '*', 'access-control-allow-headers': 'Content-Type, Authorization' })).toBeUndefined();
    expect(said({ 'access-control-allow-methods': '*', 'access-control-allow-headers': 'Content-Type, Authorization' }, 404)).toContain('404');
  });
  test('[P12] only exposed headers are shown', () => {
    const answer = new Headers({ 'content-type': 'text/plain', etag: '1', 'x-total': '3' });
    expect([...shownHeaders(asking(), answer).keys()]).toEqual(['content-type']);
    answer.set('access-control-expose-headers', 'X-Total');
    expect(shownHeaders(asking(), answer).get('x-total')).toBe('3');
    answer.set('access-control-expose-headers', '*');
    expect(shownHeaders(asking(), answer).get('etag')).toBe('1');
  });
});
