/** Which isolation this page was asked to have, and how it gets another (shared/isolation.ts). */
import { EMBEDDER_POLICIES, embedderPolicy, ISOLATION_COOKIE, isolationOf } from '../../shared/isolation.ts';
import type { EmbedderPolicy } from '../../shared/isolation.ts';

/** After that a browser that has learnt Document-Isolation-Policy meanwhile goes without, in seconds. */
const REMEMBERED = 30 * 24 * 60 * 60;

/** An embed is isolated as the page that frames it says (server/embeds/SPEC.md, EB13): in a frame headers of its own do not help. */
const isEmbed = (): boolean => location.pathname.startsWith('/embed/');

/** The policy that frames of this page need as well. */
export const pageIsolation = (): EmbedderPolicy | undefined => (isEmbed() ? embedderPolicy(new URLSearchParams(location.search).get('coep')) : isolationOf(document.cookie));

/** Loads this page again with the next policy; false when all have been tried. */
export function tryNextIsolation(): boolean {
  const current = pageIsolation();
  if (isEmbed()) return false;
  const next = EMBEDDER_POLICIES[current === undefined ? 0 : EMBEDDER_POLICIES.indexOf(current) + 1];
  if (next === undefined) return false;
  document.cookie = `${ISOLATION_COOKIE}=${next}; Path=/; SameSite=Strict; Max-Age=${REMEMBERED}`;
  // Cookies may be refused: then the page would load again for ever.
  if (pageIsolation() !== next) return false;
  location.reload();
  return true;
}
