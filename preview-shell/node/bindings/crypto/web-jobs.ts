/** What Web Cryptography asks of the binding besides (crypto_aes.cc, and the export jobs of crypto_keys.cc). */
import type { BindingContext } from '../../context.ts';
import { concatBytes } from '@noble/ciphers/utils.js';
import { arrayBufferOf, bytesOf, type Source } from './bytes.ts';
import { startGcm } from './ciphers/authenticated.ts';
import { unwrap, wrap } from './ciphers/key-wrap.ts';
import { BLOCK, startCbc, startCtr, type Direction } from './ciphers/streams.ts';
import { nodeError } from './errors.ts';
import { equalBytes } from './hashing.ts';
import { plainErrors, preparedJobClass } from './jobs.ts';
import type { KeyData } from './key-object.ts';
import { encodePkcs8, encodeSpki } from './keys/encode.ts';
import { isOkp } from './keys/model.ts';
import { bigintOf, bytesOfBigint } from './keys/numbers.ts';

const cipherFailed = (): Error => new Error('Cipher job failed');

/** kKeyVariantAES_..., three lengths of key for each mode. */
const MODES = ['ctr', 'cbc', 'gcm', 'kw'] as const;
const FORMAT = { raw: 0, pkcs8: 1, spki: 2 } as const;
/** RFC 3394, 2.2.3.1. */
const WRAP_IV = new Uint8Array(8).fill(0xa6);

type AesArgs = [mode: number, handle: KeyData, data: Source, variant: number, iv?: Source, lengthOrTag?: number | Source, additionalData?: Source];

export function createWebJobs(ctx: BindingContext): Record<string, unknown> {
  const exportJob = preparedJobClass(ctx, (format: number, handle: KeyData) => () => arrayBufferOf(exportKey(format, handle)));
  return {
    RSAKeyExportJob: exportJob, ECKeyExportJob: exportJob, DHKeyExportJob: exportJob,
    AESCipherJob: preparedJobClass(ctx, (...args: AesArgs) => plainErrors(prepareAes(args))),
  };
}

function prepareAes([mode, handle, data, variant, iv, lengthOrTag, additionalData]: AesArgs): () => ArrayBuffer {
  const direction = mode === 0 ? 'encrypt' : 'decrypt';
  const copy = (source: Source = new ArrayBuffer(0)): Uint8Array => bytesOf(source).slice();
  const [key, bytes, vector] = [handle.secret, copy(data), copy(iv)];
  switch (MODES[Math.floor(variant / 3)]) {
    case 'ctr': return () => arrayBufferOf(runCtr(key, vector, lengthOrTag as number, bytes));
    case 'cbc': return () => arrayBufferOf(runCbc(direction, key, vector, bytes));
    case 'gcm': {
      const tag = typeof lengthOrTag === 'number' ? lengthOrTag : copy(lengthOrTag);
      const extra = copy(additionalData);
      return () => arrayBufferOf(runGcm(key, vector, bytes, tag, extra));
    }
    case 'kw': return () => arrayBufferOf((direction === 'encrypt' ? wrap : unwrap)(key, WRAP_IV, bytes));
    case undefined:
    default: throw nodeError('ERR_CRYPTO_UNKNOWN_CIPHER');
  }
}

function exportKey(format: number, handle: KeyData): Uint8Array {
  const { key } = handle;
  if (format === FORMAT.spki && !handle.isPrivate) return encodeSpki(key);
  if (format === FORMAT.pkcs8 && handle.isPrivate) return encodePkcs8(key);
  if (format === FORMAT.raw && (key.type === 'ec' || isOkp(key)) && !handle.isPrivate) return key.point;
  throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
}

function runCbc(direction: Direction, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = startCbc(direction, key, iv);
  return concatBytes(cipher.update(data), cipher.final());
}

/** Only the last `bits` of the counter count: past their end they begin anew at 0, and never come back to where they started. */
function runCtr(key: Uint8Array, counter: Uint8Array, bits: number, data: Uint8Array): Uint8Array {
  const blocks = BigInt(Math.ceil(data.length / BLOCK));
  const turns = 1n << BigInt(bits);
  if (blocks > turns) throw cipherFailed();
  const start = bigintOf(counter);
  const low = start % turns;
  const head = Number(turns - low > blocks ? blocks : turns - low) * BLOCK;
  const first = startCtr(key, counter).update(data.subarray(0, head));
  if (head >= data.length) return first;
  return concatBytes(first, startCtr(key, bytesOfBigint(start - low, BLOCK)).update(data.subarray(head)));
}

/** @param tag its length, to encrypt, or the tag itself, to decrypt */
function runGcm(key: Uint8Array, iv: Uint8Array, data: Uint8Array, tag: number | Uint8Array, additionalData: Uint8Array): Uint8Array {
  const cipher = startGcm(typeof tag === 'number' ? 'encrypt' : 'decrypt', key, iv);
  cipher.addData(additionalData);
  const result = cipher.update(data);
  if (typeof tag === 'number') return concatBytes(result, cipher.tag().subarray(0, tag));
  if (!equalBytes(cipher.tag().subarray(0, tag.length), tag)) throw cipherFailed();
  return result;
}
