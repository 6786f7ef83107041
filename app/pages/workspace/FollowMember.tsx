/** Follow another member's preview, or go alone; where they are is said even where it cannot be shown here. */
import { Link2, Link2Off } from 'lucide-react';
import { useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

export function FollowMember({ session: { shared } }: { session: WorkspaceSession }) {
  const { members } = useStore(shared.channels.store);
  const { following } = useStore(shared.store);
  const placed = members.flatMap(({ source, author, place }) => (place === undefined ? [] : [{ source, name: author.name, place }]));
  const leader = placed.find(({ source }) => source === following);
  if (placed.length === 0) return null;
  return (
    <label className="follow" data-following={leader !== undefined} title={leader === undefined ? 'Go where another member goes' : `Going where ${leader.name} goes: ${leader.place.url}`}>
      {leader === undefined ? <Link2Off size={13} /> : <Link2 size={13} />}
      <select aria-label="Follow a member" value={leader?.source ?? ''} onChange={(event) => shared.follow(event.target.value === '' ? undefined : event.target.value)}>
        <option value="">On my own</option>
        {placed.map(({ source, name, place }) => (
          <option key={source} value={source}>
            {name} · {place.url}
          </option>
        ))}
      </select>
    </label>
  );
}
