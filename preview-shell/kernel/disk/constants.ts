/** File modes, open flags and limits of Linux (stat(2), open(2), path_resolution(7)), as Node's `constants.fs` has them. */
export const S_IFMT = 0o170000;
export const S_IFREG = 0o100000;
export const S_IFDIR = 0o040000;
export const S_IFLNK = 0o120000;
export const S_IFCHR = 0o020000;
export const PERMISSIONS = 0o7777;

export const O_ACCMODE = 3;
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;

export const R_OK = 4;
export const W_OK = 2;
export const X_OK = 1;

/** `uv_dirent_type_t`, what Node's readdir answers for each entry. */
export const DIRENT_FILE = 1;
export const DIRENT_DIR = 2;
export const DIRENT_LINK = 3;
export const DIRENT_CHAR = 6;

/** Bytes of a name, bytes of a path without its terminator, links followed in one resolution. */
export const NAME_MAX = 255;
export const PATH_MAX = 4095;
export const LINKS_MAX = 40;
/** A file is one buffer; beyond this an engine may refuse to make it. */
export const FILE_MAX = 2 ** 31 - 1;

export const BLOCK_SIZE = 4096;

/** The one user of the container. */
export const USER_ID = 1000;
export const ROOT_ID = 0;
