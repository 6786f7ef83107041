/** Goes where one member goes: their preview's page, and the file in front of them (server/embeds/SPEC.md, EB23). */
import type { WorkspaceSession } from '../workspace/session.ts';

type Followed = Pick<WorkspaceSession, 'shared' | 'members' | 'tabs'>;

/** `wanted` is a member's id or name. The result ends it. */
export function followMember({ shared, members, tabs }: Followed, wanted: string): () => void {
  let source: string | undefined;
  let file: string | undefined;
  const route = () => {
    const member = shared.channels.store.getState().members.find(({ author, place }) => place !== undefined && (author.id === wanted || author.name === wanted));
    // Who went elsewhere by hand since is let alone, until another page of that member appears.
    if (member === undefined || member.source === source) return;
    source = member.source;
    shared.follow(source);
  };
  const look = () => {
    const member = members.getState().find((one) => !one.self && (one.memberId === wanted || one.name === wanted));
    if (member?.fileId === undefined || member.fileId === file) return;
    file = member.fileId;
    tabs.open(file);
  };
  const stops = [shared.channels.store.subscribe(route), members.subscribe(look)];
  route();
  look();
  return () => {
    for (const stop of stops) stop();
    if (source !== undefined) shared.follow(undefined);
  };
}
