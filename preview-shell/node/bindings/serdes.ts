/** v8.serialize and v8.deserialize (node_serdes.cc). */
export function create(): Record<string, unknown> {
  const refuse = (): never => {
    throw Object.assign(new Error('V8\'s serialization format is not supported in the container: use JSON, or structuredClone.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  };
  class Serializer {
    constructor() {
      refuse();
    }
  }
  class Deserializer {
    constructor() {
      refuse();
    }
  }
  return { Serializer, Deserializer };
}
