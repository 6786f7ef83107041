/** Whether the disk has room for what is about to be promised. */
import { statfsSync } from 'node:fs';
import { TerrariumError } from '../../shared/errors/error.ts';

/** What a change of a document may take: its row, and the write-ahead log with the pages around it. */
const NEEDED_BYTES = 1024 * 1024;

/** @throws {TerrariumError} E-TERRARIUM-1141 */
export function checkSpaceIn(folder: string): () => void {
  return () => {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < NEEDED_BYTES) throw TerrariumError.of('E-TERRARIUM-1141');
  };
}
