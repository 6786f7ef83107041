import { expect, test } from 'vitest';
import { diagnose } from './probe.ts';
import type { BlankCause, BlankFacts } from './probe.ts';

const fine: BlankFacts = {
  secureContext: true, serverListening: true, containerLost: false, isolationAvailable: true, hostReachable: true, appReachable: true, serviceWorkerSupported: true,
  page: { crossOriginIsolated: true, serviceWorker: 'controlled', storage: 'ok' },
};
const page = { crossOriginIsolated: true, serviceWorker: 'controlled', storage: 'ok' } as const;

test.each<[BlankCause, Partial<BlankFacts>]>([
  ['insecure-origin', { secureContext: false, page: undefined }],
  ['out-of-memory', { containerLost: true }],
  ['isolation-unsupported', { isolationAvailable: false, page: undefined }],
  ['server-not-listening', { serverListening: false, page: undefined }],
  ['storage-blocked', { page: { ...page, storage: 'blocked' } }],
  ['storage-blocked', { page: undefined, serviceWorkerSupported: false }],
  ['old-service-worker', { page: { ...page, serviceWorker: 'uncontrolled' } }],
  ['old-service-worker', { page: undefined }],
  ['blocked-by-extension', { page: undefined, hostReachable: false }],
  ['offline', { page: undefined, hostReachable: false, appReachable: false }],
  ['page-empty', {}],
])('%s', (cause, facts) => {
  expect(diagnose({ ...fine, ...facts })).toMatchObject({ cause });
});
