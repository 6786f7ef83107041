import { describe, expect, test } from 'vitest';
import { createEpochs, Lease, type Candidate } from './lease.ts';

function setUp() {
  const said: string[] = [];
  const lease = new Lease(createEpochs(() => 100));
  const candidate = (name: string, kind: Candidate['kind'] = 'person', holder = name): Candidate => ({
    holder, kind,
    grant: (epoch) => said.push(`${name} granted ${epoch}`),
    wait: (epoch) => said.push(`${name} waits for ${epoch}`),
    refuse: () => said.push(`${name} refused`),
  });
  return { said, lease, candidate };
}

describe('the lease', () => {
  test('[HL2] has one host, and each grant an epoch above all before it', () => {
    const { said, lease, candidate } = setUp();
    const [a, b] = [candidate('a'), candidate('b')];
    lease.claim(a, 0);
    lease.claim(b, 0);
    lease.leave(a);
    expect(said).toEqual(['a granted 100', 'b waits for 100', 'b granted 101']);
  });

  test('[HL2] epochs are above those of a server that ran earlier', () => {
    let now = 500;
    const epochs = createEpochs(() => now);
    expect([epochs(), epochs()]).toEqual([500, 501]);
    now = 900;
    expect(epochs()).toBe(900);
  });

  test('[HL3] a stale epoch is refused while another is host, and no reason to wait', () => {
    const { said, lease, candidate } = setUp();
    lease.claim(candidate('a'), 0);
    lease.claim(candidate('b'), 99);
    lease.claim(candidate('c'), 0);
    expect(said).toEqual(['a granted 100', 'b refused', 'c waits for 100']);
  });

  test('[HL3] the epoch of an earlier server is no obstacle where nobody is host', () => {
    const { said, lease, candidate } = setUp();
    lease.claim(candidate('a'), 7);
    expect(said).toEqual(['a granted 100']);
  });

  test('[HL4] a page that comes again takes its own lease over, and keeps its place before others', () => {
    const { said, lease, candidate } = setUp();
    const old = candidate('old', 'person', 'same');
    lease.claim(old, 0);
    lease.claim(candidate('b'), 0);
    lease.claim(candidate('new', 'person', 'same'), 100);
    lease.leave(old);
    expect(said).toEqual(['old granted 100', 'b waits for 100', 'old refused', 'new granted 101']);
  });

  test('[HL9] the longest waiting one is next, a person before a headless one', () => {
    const { said, lease, candidate } = setUp();
    const [a, b, c] = [candidate('a'), candidate('b'), candidate('c')];
    lease.claim(a, 0);
    lease.claim(candidate('headless', 'headless'), 0);
    lease.claim(b, 0);
    lease.claim(c, 0);
    lease.leave(a);
    lease.leave(b);
    lease.leave(c);
    expect(said.filter((one) => one.includes('granted'))).toEqual(['a granted 100', 'b granted 101', 'c granted 102', 'headless granted 103']);
  });

  test('[HL10] a person takes over from a headless host', () => {
    const { said, lease, candidate } = setUp();
    lease.claim(candidate('headless', 'headless'), 0);
    lease.claim(candidate('person'), 0);
    expect(said).toEqual(['headless granted 100', 'person granted 101', 'headless refused']);
  });
});
