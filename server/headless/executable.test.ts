import { expect, test } from 'vitest';
import { asNobody, findBrowser, NOBODY } from './executable.ts';

test('HB10 the browser that is named, else one of the system', () => {
  expect(findBrowser('/opt/own', (file) => file === '/opt/own')).toBe('/opt/own');
  expect(() => findBrowser('/opt/own', () => false)).toThrow(expect.objectContaining({ code: 'E-TERRARIUM-1390' }));
  expect(findBrowser(undefined, (file) => file === '/usr/bin/google-chrome')).toBe('/usr/bin/google-chrome');
  expect(() => findBrowser(undefined, () => false)).toThrow(expect.objectContaining({ code: 'E-TERRARIUM-1390' }));
});

test('HB1 a server that is root starts it as nobody, or not at all', () => {
  expect(asNobody(1000, () => true)).toEqual([]);
  expect(asNobody(undefined, () => true)).toEqual([]);
  expect(asNobody(0, () => true)).toContain(`--reuid=${NOBODY}`);
  expect(() => asNobody(0, () => false)).toThrow(expect.objectContaining({ code: 'E-TERRARIUM-1391' }));
});
