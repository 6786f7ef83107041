/** Turns whatever went wrong into the table's response. */
import { randomBytes } from 'node:crypto';
import { TerrariumError, toResponse } from '../../shared/errors/error.ts';
import type { Logger } from '../logger.ts';

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function errorResponse(error: unknown, logger: Logger): Response {
  const { status, body } = toResponse(publicError(error, logger));
  const seconds = error instanceof TerrariumError && status === 429 ? error.context['seconds'] : undefined;
  return Response.json(body, { status, headers: seconds === undefined ? HEADERS : { ...HEADERS, 'retry-after': String(seconds) } });
}

/** Only errors of the table are shown; what is internal stays in the log, found again by the incident's number. */
export function publicError(error: unknown, logger: Logger): TerrariumError {
  if (error instanceof TerrariumError) return error;
  if (isFull(error)) return TerrariumError.of('E-TERRARIUM-1141');
  const incident = randomBytes(6).toString('hex');
  logger.error('Request failed', { incident, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return TerrariumError.of('E-TERRARIUM-3000', { incident });
}

/** No space on the disk, as the file system says it and as SQLite does (result code 13, SQLITE_FULL). */
function isFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  return 'errcode' in error && error.errcode === 13;
}
