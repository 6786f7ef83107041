import { Deserializer } from './serdes/deserializer.ts';
import { serializerClass } from './serdes/serializer.ts';
import type { BindingContext } from '../context.ts';

interface BufferModule {
  Buffer: { from(buffer: ArrayBuffer): unknown };
}

/** v8.serialize and v8.deserialize (node_serdes.cc). */
export function create(ctx: BindingContext): Record<string, unknown> {
  const buffers = (): BufferModule => (ctx.hooks.requireBuiltin as (id: string) => unknown)('buffer') as BufferModule;
  return { Serializer: serializerClass((bytes) => buffers().Buffer.from(bytes.buffer)), Deserializer };
}
