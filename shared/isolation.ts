/**
 * How a container gets shared memory where the browser has no Document-Isolation-Policy: each page above it is served with a
 * Cross-Origin-Embedder-Policy. The app finds out that it needs one and asks for it by a cookie, because headers come before scripts.
 */

/** In the order in which they are tried: under `require-corp` a preview shows no images of third parties. */
export const EMBEDDER_POLICIES = ['credentialless', 'require-corp'] as const;
export type EmbedderPolicy = (typeof EMBEDDER_POLICIES)[number];

/** Holds nothing secret, and counts for all ports of a host name, as all cookies do. */
export const ISOLATION_COOKIE = 'terrarium-isolation';

/** Of `Cookie` headers and `document.cookie`. */
export function isolationOf(cookies: string | null): EmbedderPolicy | undefined {
  const pair = cookies?.split(';').map((part) => part.trim().split('=')).find(([name]) => name === ISOLATION_COOKIE);
  return embedderPolicy(pair?.[1]);
}

export function embedderPolicy(text: string | null | undefined): EmbedderPolicy | undefined {
  return EMBEDDER_POLICIES.find((policy) => policy === text);
}

/** `type` of what the container's page tells its client when it got no shared memory. */
export const NOT_ISOLATED = 'terrarium-not-isolated';
