import { expect, test, vi } from 'vitest';
import { createExpectedPacks } from './expected-packs.ts';

const mount = (name: string, pack: string) => ({ path: `node_modules/${name}`, pack, name, version: '1.0.0', bytes: 1 });
const answer = { v: 1 as const, packageJson: '{}', lockfile: '{}', mounts: [mount('a', 'p1'), mount('b', 'p1'), mount('@acme/c', 'p2')], links: [], wasm: [], prebuilt: [], warnings: [] };
const files = async () => ({ packageJson: '{}', lockfile: '{}' });

test('[PK-E1] projects of one kind are worked out once, what an environment installed itself wins, private packs are not named', async () => {
  const install = vi.fn(async () => answer);
  const expected = createExpectedPacks({ install, isPublic: (name) => !name.startsWith('@acme/') });
  expect(expected.of('one')).toEqual([]);
  expected.prepare('one', 'react', files);
  expected.prepare('two', 'react', files);
  await vi.waitFor(() => expect(expected.of('two')).toEqual(['p1']));
  expect(install).toHaveBeenCalledOnce();
  expected.note('one', { mounts: [mount('z', 'p9')], prebuilt: [] });
  expected.prepare('one', 'react', files);
  await vi.waitFor(() => expect(expected.of('one')).toEqual(['p9']));
});

test('[PK-E2] a project that cannot be installed is tried again, and leaves nothing unhandled', async () => {
  const install = vi.fn().mockRejectedValueOnce(new Error('registry away')).mockResolvedValue(answer);
  const expected = createExpectedPacks({ install, isPublic: () => true });
  expected.prepare('one', 'vue', files);
  await vi.waitFor(() => {
    expected.prepare('one', 'vue', files);
    expect(expected.of('one')).toEqual(['p1', 'p2']);
  });
});
