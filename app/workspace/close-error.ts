/** Why a room closed for good. A close frame has no room for a whole sentence: its code names the one of the table. */
import { TerrariumError } from '../../shared/errors/error.ts';
import { RoomClosedError } from '../document/connection.ts';
import { describeError } from '../state/describe-error.ts';
import type { Described } from '../state/describe-error.ts';

/** Those whose sentences need nothing else. */
const KNOWN = ['E-TERRARIUM-1159', 'E-TERRARIUM-1301', 'E-TERRARIUM-1302', 'E-TERRARIUM-1304', 'E-TERRARIUM-1381', 'E-TERRARIUM-1400', 'E-TERRARIUM-1401'] as const;

export function closeError({ code, reason }: { code: number; reason: string }, environmentId: string): Described {
  const named = /^E-TERRARIUM-\d{4}/.exec(reason)?.[0];
  if (named === 'E-TERRARIUM-1001') return describeError(TerrariumError.of(named, { environmentId }));
  const known = KNOWN.find((one) => one === named);
  return describeError(known === undefined ? new RoomClosedError(code, reason) : TerrariumError.of(known));
}
