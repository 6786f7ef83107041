/** Names of the embed's messages, for both ends: the page's end brings no parser along. */
export const EMBED_VERSION = 1;
export const EMBEDDER_SOURCE = 'terrarium-embedder';
export const EMBED_SOURCE = 'terrarium-embed';
