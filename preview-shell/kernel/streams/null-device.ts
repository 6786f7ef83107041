import type { Value } from '../../abi/codec.ts';
import type { ByteSink, OpenFile, StreamReader } from '../descriptors/open-file.ts';
import { anonymousInode, anonymousStat, S_IFCHR } from './stat.ts';

const NULL_DEVICE = 0x103;

/** null(4): what `stdio: 'ignore'` gives a child. */
export class NullDevice implements OpenFile {
  readonly kind = 'device';
  private readonly inode = anonymousInode();

  read(): Uint8Array {
    return new Uint8Array(0);
  }

  write(bytes: Uint8Array): number {
    return bytes.length;
  }

  stat(): Value {
    return anonymousStat(S_IFCHR, this.inode, NULL_DEVICE);
  }

  readStart(sink: ByteSink): StreamReader {
    sink.data(null);
    return { stop() {}, acknowledge() {} };
  }

  writeQueued(): boolean {
    return true;
  }

  shutdown(): void {}

  release(): void {}
}
