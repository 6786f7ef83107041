import type { BootStage } from '../../shared/protocol/broker.ts';

/** Why the container, or a request to it, failed. The numbers are rows of the one table (shared/errors). */
export const CONTAINER_CODES = {
  /** The broker frame never said hello: its host name is unreachable or blocked. */
  brokerSilent: 'E-TERRARIUM-2100',
  brokerVersion: 'E-TERRARIUM-2101',
  /** The frame was reloaded or crashed; all that ran in it is gone. */
  brokerLost: 'E-TERRARIUM-2102',
  hostUnreachable: 'E-TERRARIUM-2103',
  hostSilent: 'E-TERRARIUM-2104',
  hostStuck: 'E-TERRARIUM-2105',
  bootRefused: 'E-TERRARIUM-2106',
  timeout: 'E-TERRARIUM-2107',
  protocol: 'E-TERRARIUM-2108',
  tornDown: 'E-TERRARIUM-2109',
} as const;

export type ContainerCode = (typeof CONTAINER_CODES)[keyof typeof CONTAINER_CODES];

/** A failure of the container itself, told from an error that an operation of it returned (`ContainerOperationError`). */
export class ContainerError extends Error {
  override readonly name = 'ContainerError';
  readonly code: ContainerCode;
  constructor(code: ContainerCode, message: string) {
    super(message);
    this.code = code;
  }
}

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
export function bootTimeoutError(stage: BootStage | undefined): ContainerError {
  switch (stage) {
    case undefined:
      return new ContainerError(CONTAINER_CODES.brokerSilent, 'The broker frame stopped answering. Reload the page.');
    case 'library':
    case 'host-frame':
      return new ContainerError(
        CONTAINER_CODES.hostUnreachable,
        'The container host did not load. Check that subdomains of this address resolve, and that no extension blocks them.',
      );
    case 'host-loaded':
      return new ContainerError(
        CONTAINER_CODES.hostSilent,
        'The container host loaded but did not start. The browser may block third-party storage, or lack cross-origin isolation.',
      );
    case 'host-init':
    case 'built':
      return new ContainerError(CONTAINER_CODES.hostStuck, 'The container started but did not finish its boot. Close other heavy tabs and reload.');
  }
}
