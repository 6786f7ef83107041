/** zlib's numbers (zlib.h) and Node's modes (node_zlib.cc). */
export const MODE = { none: 0, deflate: 1, inflate: 2, gzip: 3, gunzip: 4, deflateRaw: 5, inflateRaw: 6, unzip: 7 } as const;

export const Z = { finish: 4, ok: 0, streamEnd: 1, needDict: 2, dataError: -3, bufError: -5, deflated: 8 } as const;

const NAMES: Readonly<Record<number, string>> = {
  0: 'Z_OK', 1: 'Z_STREAM_END', 2: 'Z_NEED_DICT', [-1]: 'Z_ERRNO', [-2]: 'Z_STREAM_ERROR', [-3]: 'Z_DATA_ERROR', [-4]: 'Z_MEM_ERROR', [-5]: 'Z_BUF_ERROR', [-6]: 'Z_VERSION_ERROR',
};

export const codeName = (error: number): string => NAMES[error] ?? 'Z_ERRNO';
