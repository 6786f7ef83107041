/** Single executable applications (node_sea.cc): a container's Node is none. */
export function create(): Record<string, unknown> {
  const none = () => undefined;
  return { isSea: () => false, isExperimentalSeaWarningNeeded: () => false, getAsset: none, getAssetKeys: none };
}
