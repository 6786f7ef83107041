/** Copies of messages for the mailbox, in V8's own format. */
import { Deserializer } from '../serdes/deserializer.ts';
import { serializerClass } from '../serdes/serializer.ts';

interface Serializer {
  writeHeader(): void;
  writeValue(value: unknown): boolean;
  releaseBuffer(): Uint8Array;
}

const MessageSerializer = serializerClass((bytes) => bytes) as new () => Serializer;

/** Undefined for what has no form in bytes: shared memory, modules, ports, and what can not be cloned at all (of which the port itself tells). */
export function copyOf(message: unknown): Uint8Array | undefined {
  const serializer = new MessageSerializer();
  try {
    serializer.writeHeader();
    serializer.writeValue(message);
    return serializer.releaseBuffer();
  } catch {
    return undefined;
  }
}

export function messageOf(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}
