import { TerrariumError } from '../../shared/errors/error.ts';
import type { BootStage } from '../../shared/protocol/broker.ts';

/** The container carried a request out and it failed; `code` is the POSIX error name (`ENOENT`) where it gave one. */
export class ContainerOperationError extends Error {
  override readonly name = 'ContainerOperationError';
  readonly code: string | undefined;
  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/** What a boot that ran out of time says, by how far it came. */
export function bootTimeoutError(stage: BootStage | undefined): TerrariumError {
  switch (stage) {
    case undefined:
      return TerrariumError.of('E-TERRARIUM-2102');
    case 'library':
    case 'host-frame':
      return TerrariumError.of('E-TERRARIUM-2103');
    case 'host-loaded':
      return TerrariumError.of('E-TERRARIUM-2104');
    case 'not-isolated':
      return TerrariumError.of('E-TERRARIUM-2123');
    case 'host-init':
    case 'built':
      return TerrariumError.of('E-TERRARIUM-2105');
  }
}
