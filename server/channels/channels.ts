/** Channels of all environments: who is there, what they tell, who hears it (SPEC.md). */
import { nanoid } from 'nanoid';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ActivityKind } from '../../shared/protocol/activity.ts';
import { activityKindOf, CHANNELS_VERSION } from '../../shared/protocol/channels.ts';
import type { FromServer, Hello, Place } from '../../shared/protocol/channels.ts';
import type { Activity } from '../activity/activity.ts';
import { Delivery } from './delivery.ts';
import { ChannelLink } from './link.ts';
import type { MemberSocket, RecordFromPage, Spoken } from './link.ts';
import { Sources } from './sources.ts';

export interface Channels {
  /** A member's socket has opened; nothing is sent on it before it says hello. */
  open(environmentId: string, socket: MemberSocket): ChannelLink;
  /** Forgets an environment that was removed. */
  remove(environmentId: string): void;
}

interface Hall {
  sources: Sources<ChannelLink>;
  /** Stops listening to the activity. */
  stop: (() => void) | undefined;
}

/** Records that a page that comes for the first time is told of what was before. */
const BEGIN_WITH = 500;

export function createChannels({ activity }: { activity: Activity }): Channels {
  const epoch = nanoid();
  const halls = new Map<string, Hall>();

  function hallOf(environmentId: string): Hall {
    let hall = halls.get(environmentId);
    if (hall === undefined) halls.set(environmentId, (hall = { sources: new Sources(), stop: undefined }));
    return hall;
  }

  const spokenIn = ({ sources }: Hall): Spoken[] => sources.links().flatMap((link) => link.spoken ?? []);

  function tellOthers(hall: Hall, own: string, frame: FromServer): void {
    for (const link of hall.sources.links()) if (link.spoken !== undefined && link.spoken.source.id !== own) link.send(frame);
  }

  function hello(environmentId: string, link: ChannelLink, said: Hello): Spoken {
    const hall = hallOf(environmentId);
    const author = { ...link.socket.author, ...(said.name === undefined ? {} : { name: said.name }) };
    const source = hall.sources.claim(said.source, author);
    if (source === undefined) throw TerrariumError.of('E-TERRARIUM-1363');
    source.link?.end(TerrariumError.of('E-TERRARIUM-1363'));
    source.link = link;
    const delivery = new Delivery({ activity, environmentId, socket: link.socket, wants: said.wants, own: source.id, after: said.after ?? activity.beforeLast(environmentId, said.wants, BEGIN_WITH) });
    const spoken: Spoken = { source, delivery, author };
    const members = spokenIn(hall).flatMap((other) => (other.source === source ? [] : memberOf(other, other.source.link?.socket.canWrite ?? false)));
    link.send({ v: CHANNELS_VERSION, channel: 'state', id: 0, data: { kind: 'welcome', epoch, author, canWrite: link.socket.canWrite, taken: source.taken, cursor: activity.latest(environmentId), members } });
    tellOthers(hall, source.id, { v: CHANNELS_VERSION, channel: 'state', id: 0, data: { kind: 'joined', ...memberOf(spoken, link.socket.canWrite) } });
    hall.stop ??= activity.subscribe(environmentId, () => {
      for (const { delivery: one } of spokenIn(hall)) one.pump();
    });
    return spoken;
  }

  const memberOf = ({ source, author, place }: Spoken, canWrite: boolean) => ({ source: source.id, author, canWrite, ...(place === undefined ? {} : { place }) });

  function record(environmentId: string, { source, author }: Spoken, frame: RecordFromPage): void {
    source.taken = frame.id;
    const from = { id: source.id, n: frame.id, ...(frame.data.again === true ? { again: true as const } : {}) };
    const kind = activityKindOf(frame.data.kind);
    // The schema gives each kind's name its own record.
    if (kind !== undefined) activity.append<ActivityKind>(environmentId, kind, frame.data.record, author, from);
  }

  function place(environmentId: string, spoken: Spoken, at: Place): void {
    const hall = hallOf(environmentId);
    spoken.place = at;
    const { id } = spoken.source;
    for (const other of spokenIn(hall)) if (other !== spoken) other.delivery.place(id, { v: CHANNELS_VERSION, channel: 'preview', id: 0, data: { kind: 'place', source: id, place: at } });
  }

  function parted(environmentId: string, link: ChannelLink, { source }: Spoken): void {
    const hall = hallOf(environmentId);
    if (source.link !== link) return;
    hall.sources.release(source);
    for (const other of spokenIn(hall)) other.delivery.forgetPlace(source.id);
    tellOthers(hall, source.id, { v: CHANNELS_VERSION, channel: 'state', id: 0, data: { kind: 'left', source: source.id } });
    if (spokenIn(hall).length > 0) return;
    hall.stop?.();
    hall.stop = undefined;
  }

  return {
    open: (environmentId, socket) =>
      new ChannelLink(socket, {
        hello: (link, said) => hello(environmentId, link, said),
        record: (spoken, frame) => record(environmentId, spoken, frame),
        place: (spoken, at) => place(environmentId, spoken, at),
        parted: (link, spoken) => parted(environmentId, link, spoken),
      }),
    remove(environmentId) {
      halls.get(environmentId)?.stop?.();
      halls.delete(environmentId);
    },
  };
}
