/** A part of the tree with rules of its own. Volumes with one device number are one file system: a rename may cross them. */
export interface Volume {
  readonly dev: number;
  /** Changing anything fails with EROFS. */
  readonly readOnly: boolean;
  /** Kept in the browser's storage. */
  readonly persistent: boolean;
}

export const MAIN_VOLUME: Volume = { dev: 1, readOnly: false, persistent: true };
/** /tmp: the same file system as the rest, forgotten at the end. */
export const SCRATCH_VOLUME: Volume = { dev: 1, readOnly: false, persistent: false };
/** /bin and /usr: programs of the container itself. */
export const SYSTEM_VOLUME: Volume = { dev: 2, readOnly: true, persistent: false };
export const DEVICE_VOLUME: Volume = { dev: 3, readOnly: false, persistent: false };
