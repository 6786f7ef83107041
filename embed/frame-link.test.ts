import { expect, test } from 'vitest';
import { TerrariumError } from '../shared/errors/error.ts';
import { frameAddress } from './address.ts';
import { AWAY, SILENT } from './frame-link.ts';

const placed = { server: 'http://localhost:4000', taskId: 'Lesson 1/a', token: 'tge_x' };
const view = { showEditor: true, showConsole: false, showNetwork: true };

test('[EB20] the token stands in the fragment alone', () => {
  const url = new URL(frameAddress(placed, view));
  expect([url.pathname, url.search, url.hash]).toEqual(['/embed/Lesson%201%2Fa', '?editor=1&console=0&network=1', '#token=tge_x']);
});
test('[EB13] an isolated page asks for an isolated frame', () => {
  expect(new URL(frameAddress(placed, { ...view, agentId: 'a&b' }, true)).search).toBe('?editor=1&console=0&network=1&agent=a%26b&coep=credentialless');
});
test('[EB32] what the component says itself is what the table says', () => {
  expect(AWAY.message).toBe(TerrariumError.of('E-TERRARIUM-1306').message);
  expect(SILENT('http://localhost:4000').message).toBe(TerrariumError.of('E-TERRARIUM-1386', { server: 'http://localhost:4000' }).message);
});
