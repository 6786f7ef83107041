/** Each disturbance once; `npm run bench -- --only availability` is the whole measure (requirements J4). */
import { expect, test } from 'vitest';
import { measureAvailability } from './product/availability.ts';

test('every request is answered within 10 s while service workers are stopped, the network is cut for 5 s and the host\'s tab is reloaded', async () => {
  const { asked, answered, faults, failures } = await measureAvailability({ requests: 480, perSecond: 10, faultEveryMs: 16_000 });
  expect(failures).toEqual([]);
  expect({ asked, answered, faults }).toEqual({ asked: 480, answered: 480, faults: { workers: 1, cut: 1, reload: 1 } });
}, 120_000);
