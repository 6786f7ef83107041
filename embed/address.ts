/** Where the frame of an embed is (server/embeds/SPEC.md). */

export interface Placed {
  /** Origin of the Terrarium server. */
  server: string;
  /** Id of the environment or of its task. */
  taskId: string;
  /** Of an embed that lists the origin of this page; made in the share dialog. */
  token: string;
}

export interface View {
  /** Id or name of a member whose edits and route are followed. */
  agentId?: string | undefined;
  showEditor: boolean;
  showConsole: boolean;
  showNetwork: boolean;
}

export const DEFAULT_VIEW: View = { showEditor: true, showConsole: true, showNetwork: false };

/** The token stands in the fragment, which is sent to no server. */
export function frameAddress({ server, taskId, token }: Placed, { agentId, showEditor, showConsole, showNetwork }: View, isIsolated = false): string {
  const url = new URL(`/embed/${encodeURIComponent(taskId)}`, server);
  const flags = { editor: showEditor, console: showConsole, network: showNetwork };
  for (const [name, on] of Object.entries(flags)) url.searchParams.set(name, on ? '1' : '0');
  if (agentId !== undefined && agentId !== '') url.searchParams.set('agent', agentId);
  // A page that is cross-origin isolated frames only what carries such a policy itself.
  if (isIsolated) url.searchParams.set('coep', 'credentialless');
  url.hash = `token=${encodeURIComponent(token)}`;
  return url.href;
}

/** What the frame may do: what its own frames, the container's, need as well. */
export const FRAME_ALLOW = 'cross-origin-isolated; clipboard-write; fullscreen';
