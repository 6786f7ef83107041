/** Ciphers by OpenSSL's names and numbers. */
export type CipherMode = 'cbc' | 'ecb' | 'ctr' | 'cfb' | 'ofb' | 'gcm' | 'ccm' | 'wrap' | 'stream';

export interface CipherSpec {
  /** The name under which OpenSSL knows it; `getCipherInfo` tells it in lower case. */
  readonly name: string;
  readonly nid: number;
  readonly mode: CipherMode;
  /** Bytes. */
  readonly keyLength: number;
  /** Bytes by default; 0 where there is no initialisation vector. */
  readonly ivLength: number;
  readonly blockSize: number;
  readonly authenticated: boolean;
}

interface ModeShape {
  nids: readonly [number, number, number];
  iv: number;
  block: number;
}
const AES_MODES: Readonly<Partial<Record<CipherMode, ModeShape>>> = {
  ecb: { nids: [418, 422, 426], iv: 0, block: 16 },
  cbc: { nids: [419, 423, 427], iv: 16, block: 16 },
  ofb: { nids: [420, 424, 428], iv: 16, block: 1 },
  cfb: { nids: [421, 425, 429], iv: 16, block: 1 },
  ctr: { nids: [904, 905, 906], iv: 16, block: 1 },
  gcm: { nids: [895, 898, 901], iv: 12, block: 1 },
  ccm: { nids: [896, 899, 902], iv: 12, block: 1 },
  wrap: { nids: [788, 789, 790], iv: 8, block: 8 },
};

const SPECS = new Map<string, CipherSpec>();
const NAMES: string[] = [];

for (const [mode, shape] of Object.entries(AES_MODES) as [CipherMode, ModeShape][]) {
  for (const [index, bits] of [128, 192, 256].entries()) {
    const authenticated = mode === 'gcm' || mode === 'ccm';
    const id = `id-aes${bits}-${authenticated ? mode.toUpperCase() : mode}`;
    const plain = mode === 'wrap' ? `aes${bits}-wrap` : `aes-${bits}-${mode}`;
    const named = authenticated || mode === 'wrap';
    const spec = { name: named ? id : plain, nid: shape.nids[index] as number, mode, keyLength: bits / 8, ivLength: shape.iv, blockSize: shape.block, authenticated };
    add(spec, plain, ...(named ? [id] : []), ...(mode === 'cbc' ? [`aes${bits}`] : []));
  }
}
add({ name: 'ChaCha20', nid: 1019, mode: 'stream', keyLength: 32, ivLength: 16, blockSize: 1, authenticated: false }, 'chacha20');
add({ name: 'ChaCha20-Poly1305', nid: 1018, mode: 'stream', keyLength: 32, ivLength: 12, blockSize: 1, authenticated: true }, 'chacha20-poly1305');

function add(spec: CipherSpec, ...names: string[]): void {
  NAMES.push(...names);
  for (const name of names) SPECS.set(name.toLowerCase(), spec);
}

/** Names as `crypto.getCiphers()` lists them. */
export const CIPHER_NAMES: readonly string[] = NAMES.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));

export function findCipher(name: string): CipherSpec | undefined {
  return SPECS.get(name.toLowerCase());
}

export function findCipherByNid(nid: number): CipherSpec | undefined {
  return [...SPECS.values()].find((spec) => spec.nid === nid);
}

/** Whether a vector of so many bytes can be given. */
export function acceptsIvLength(spec: CipherSpec, length: number): boolean {
  if (spec.mode === 'gcm') return length > 0;
  if (spec.mode === 'ccm') return length >= 7 && length <= 13;
  return length === spec.ivLength;
}

/** `crypto.getCipherInfo()`: undefined for what is not known, or not with these lengths. */
export function cipherInfo(target: Record<string, unknown>, nameOrNid: string | number, keyLength?: number, ivLength?: number): Record<string, unknown> | undefined {
  const spec = typeof nameOrNid === 'number' ? findCipherByNid(nameOrNid) : findCipher(nameOrNid);
  if (spec === undefined) return undefined;
  if (keyLength !== undefined && keyLength !== spec.keyLength) return undefined;
  if (ivLength !== undefined && !acceptsIvLength(spec, ivLength)) return undefined;
  const block = spec.mode === 'stream' ? {} : { blockSize: spec.blockSize };
  const iv = spec.ivLength === 0 ? {} : { ivLength: ivLength ?? spec.ivLength };
  return Object.assign(target, { mode: spec.mode, name: spec.name, nid: spec.nid, ...block, ...iv, keyLength: spec.keyLength });
}
