/** `net.*`: sockets as a thread sees them. Streams are numbers of `stream.attach`. */
import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import type { Caller, SyscallTable } from '../syscall.ts';
import { asNumber, asString } from '../process/arguments.ts';
import type { Attachment, Attachments } from '../streams/syscalls.ts';
import type { Endpoint } from './address.ts';
import type { LoopbackNetwork } from './network.ts';
import { Socket } from './socket.ts';

export function netSyscalls(network: LoopbackNetwork, attachments: Attachments): SyscallTable {
  const find = (caller: Caller, id: Value | undefined): { attachment: Attachment; socket: Socket } => {
    const attachment = attachments.get(caller, id);
    if (!(attachment.file instanceof Socket)) throw new SysError('ENOTSOCK');
    return { attachment, socket: attachment.file };
  };
  return {
    'net.socket': ({ process }, [kind]) => process.descriptors.open(network.socket(kind === 'unix' ? 'unix' : 'tcp', process.pid)),
    'net.bind': (caller, [id, address, port, v6Only]) => {
      network.bind(find(caller, id).socket, asString(address), asNumber(port), v6Only === true);
      return null;
    },
    'net.bindPath': (caller, [id, path]) => {
      network.bindPath(find(caller, id).socket, absolute(caller, asString(path)));
      return null;
    },
    /** A `connection` event follows for each client. */
    'net.listen': (caller, [id]) => {
      const { attachment, socket } = find(caller, id);
      network.listen(socket, (connection) => announce(attachment, connection));
      return null;
    },
    /** A `connect` event follows. */
    'net.connect': (caller, [id, address, port]) => {
      const { attachment, socket } = find(caller, id);
      settle(attachment, () => network.connect(socket, asString(address), asNumber(port)));
      return null;
    },
    'net.connectPath': (caller, [id, path]) => {
      const { attachment, socket } = find(caller, id);
      settle(attachment, () => network.connectPath(socket, absolute(caller, asString(path))));
      return null;
    },
    'net.getsockname': (caller, [id]) => pair(find(caller, id).socket.local, 'EINVAL'),
    'net.getpeername': (caller, [id]) => pair(find(caller, id).socket.remote, 'ENOTCONN'),
    'net.reset': (caller, [id]) => {
      find(caller, id).socket.reset();
      return null;
    },
    'net.startTls': (caller, [id, servername]) => {
      network.startTls(find(caller, id).socket, asString(servername));
      return null;
    },
    /** getaddrinfo(3): addresses of a name for family 0, 4 or 6. */
    'net.lookup': (_caller, [name, family]) => network.names.lookup(asString(name), asNumber(family)),
    /** getnameinfo(3): the name that a virtual address stands for, or null. */
    'net.nameOf': (_caller, [address]) => network.names.nameOf(asString(address)) ?? null,
  };
}

function announce({ caller, fd, id }: Attachment, connection: Socket): void {
  if (caller.signal.aborted) {
    connection.reset();
    return;
  }
  caller.emit({ type: 'connection', fd, stream: id, accepted: caller.process.descriptors.open(connection) });
}

/** The outcome of a connection attempt comes as an event, as connect(2) on a socket that does not block. */
function settle({ caller, fd, id: stream }: Attachment, connect: () => void): void {
  try {
    connect();
    caller.emit({ type: 'connect', fd, stream });
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    caller.emit({ type: 'connect', fd, stream, error: error.code, detail: error.message });
  }
}

function pair(endpoint: Endpoint | undefined, missing: 'EINVAL' | 'ENOTCONN'): Value {
  if (endpoint === undefined) throw new SysError(missing);
  return [endpoint.address, endpoint.port];
}

function absolute({ process }: Caller, path: string): string {
  // A name that begins with NUL is abstract (unix(7)): it is no path.
  return path.startsWith('/') || path.startsWith('\0') ? path : `${process.cwd}/${path}`;
}
