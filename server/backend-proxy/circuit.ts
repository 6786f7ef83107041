/** A backend that does not answer is left alone for a while, then asked by one request (SPEC BP12). */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ProxyLimits } from './limits.ts';

export interface Circuit {
  /** @throws {TerrariumError} 1232 while it is left alone */
  admit(): void;
  succeeded(): void;
  failed(): void;
}

export function createCircuit({ failures: most, restMs: [first, longest] }: Pick<ProxyLimits, 'failures' | 'restMs'>, now: () => number): Circuit {
  let failures = 0;
  let restUntil = 0;
  let rest = first;
  return {
    admit() {
      if (failures < most) return;
      const left = restUntil - now();
      if (left > 0) throw TerrariumError.of('E-TERRARIUM-1232', { failures, seconds: Math.ceil(left / 1000) });
      // This one is the probe; the others wait for what it says.
      restUntil = now() + rest;
    },
    succeeded() {
      failures = 0;
      rest = first;
    },
    failed() {
      failures++;
      if (failures < most) return;
      restUntil = now() + rest;
      rest = Math.min(longest, rest * 2);
    },
  };
}
