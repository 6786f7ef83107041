/** Startup snapshots (node_snapshotable.cc): none is built and none is started from. */
export function create(): Record<string, unknown> {
  const refuse = () => {
    throw Object.assign(new Error('Startup snapshots are not supported in the container.'), { code: 'ERR_NOT_BUILDING_SNAPSHOT' });
  };
  return {
    isBuildingSnapshotBuffer: new Uint8Array(1),
    anonymousMainPath: '__node_anonymous_main',
    // What an application that embeds Node runs first; the container runs nothing.
    runEmbedderPreload: () => undefined,
    compileSerializeMain: refuse, setSerializeCallback: refuse, setDeserializeCallback: refuse, setDeserializeMainFunction: refuse,
  };
}
