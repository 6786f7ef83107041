import { REPLICA_VERSION, toReplicaSchema, type FromReplica, type ToReplica } from '../../../shared/protocol/replica.ts';

/** One line of the page's: its message, or the answer to what is none, under its id where it has one. */
export function readMessage(line: string): { message: ToReplica } | { refusal: FromReplica } {
  const json = parseJson(line);
  const parsed = toReplicaSchema.safeParse(json);
  return parsed.success ? { message: parsed.data } : { refusal: refusalOf(json, parsed.error.message) };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function refusalOf(json: unknown, problem: string): FromReplica {
  const id = typeof json === 'object' && json !== null && 'id' in json && Number.isInteger(json.id) ? (json.id as number) : null;
  return { t: 'failed', id, code: 'EPROTO', message: `This is no message of version ${REPLICA_VERSION}: ${problem.slice(0, 500)}` };
}
