export { backendEventSchema } from '../../shared/protocol/backend-events.ts';
export type { BackendEvent } from '../../shared/protocol/backend-events.ts';
