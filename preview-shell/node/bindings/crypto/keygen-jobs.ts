/** Making key pairs, and primes (crypto_keygen.cc, crypto_rsa.cc, crypto_ec.cc, crypto_dh.cc, crypto_random.cc). */
import type { BindingContext } from '../../context.ts';
import { native } from '../../natives.ts';
import { arrayBufferOf, bytesOf, type Source } from './bytes.ts';
import { canonicalDigest, namedDigest } from './digests.ts';
import { nodeError, unsupported } from './errors.ts';
import { jobClass, preparedJobClass } from './jobs.ts';
import { asOutput, type KeyClasses } from './key-object.ts';
import { findCurve, findOkp } from './keys/curves.ts';
import { decodePkcs8 } from './keys/decode.ts';
import { groupPrime } from './keys/dh-groups.ts';
import { generateEc, generateOkp, generateRsa, MIN_RSA_BITS, randomExponent } from './keys/generate.ts';
import { exportJwk } from './keys/jwk.ts';
import { publicPart, type AsymmetricKey, type DhKey, type PssLimits, type RsaKey } from './keys/model.ts';
import { bigintOf, bytesOfBigint, modPow } from './keys/numbers.ts';
import { isPrime, randomPrime } from './keys/primes.ts';
import { FORMAT } from './keys/read.ts';
import { writePrivateKey, writePublicKey } from './keys/write.ts';

/** How a new pair is to be handed over; without a format, as handles. */
type Encoding = [publicFormat?: number, publicType?: number, privateFormat?: number, privateType?: number, cipher?: string | null, passphrase?: Source];

const RSA_PSS = 1;
const EXPLICIT_CURVE = 0;
/** The public exponent that every browser takes. */
const F4 = 65537;
/** Below this a browser may refuse. */
const MIN_BROWSER_BITS = 1024;

export function createKeyGeneration(ctx: BindingContext, keys: KeyClasses): Record<string, unknown> {
  const handOver = (key: AsymmetricKey, [publicFormat, publicType = 0, privateFormat, privateType = 0, cipher, passphrase]: Encoding): [unknown, unknown] => {
    const open = publicPart(key);
    const secret = passphrase === undefined ? undefined : bytesOf(passphrase);
    return [
      publicFormat === undefined ? keys.wrap(open) : publicFormat === FORMAT.jwk ? exportJwk({}, open, false) : asOutput(ctx, writePublicKey(open, publicFormat, publicType)),
      privateFormat === undefined ? keys.wrap(key) : privateFormat === FORMAT.jwk ? exportJwk({}, key, false) : asOutput(ctx, writePrivateKey(key, privateFormat, privateType, cipher, secret)),
    ];
  };
  return {
    RsaKeyPairGenJob: preparedJobClass(ctx, (...args: RsaArgs) => {
      checkRsa(args);
      const deliver = (key: RsaKey) => handOver(key, args.slice(args[0] === RSA_PSS ? 6 : 3) as Encoding);
      const now = () => deliver(makeRsa(args));
      const [variant, bits, exponent] = args;
      const inBrowser = variant !== RSA_PSS && exponent === F4 && bits % 8 === 0 && bits >= MIN_BROWSER_BITS;
      return inBrowser ? { now, later: async () => deliver(await browserRsa(bits)) } : now;
    }),
    EcKeyPairGenJob: jobClass(ctx, (name: string, _encoding: number, ...encoding: Encoding) => handOver(generateEc(curveOf(name)), encoding), (name, encoding) => {
      curveOf(name);
      if (encoding === EXPLICIT_CURVE) throw unsupported('An EC key with explicit parameters');
    }),
    NidKeyPairGenJob: jobClass(ctx, (nid: number, ...encoding: Encoding) => handOver(generateOkp(okpOf(nid).type), encoding), (nid) => void okpOf(nid)),
    DhKeyPairGenJob: jobClass(ctx, (group: string | number | Source, ...rest: unknown[]) => handOver(makeDh(group, rest[0]), rest.slice(typeof group === 'string' ? 0 : 1) as Encoding), (group) => {
      if (typeof group === 'string') groupPrime(group);
    }),
    RandomPrimeJob: jobClass(ctx, (bits: number, safe: boolean, add?: Source, rem?: Source) => {
      // There are no primes of 1 bit, and OpenSSL makes no safe ones of 2, 4 or 5.
      if (bits < 2 || (safe && bits < 6 && bits !== 3)) throw new Error('error:01800076:bignum routines::bits too small');
      const shape = { safe, add: add === undefined ? undefined : bigintOf(bytesOf(add)), rem: rem === undefined ? undefined : bigintOf(bytesOf(rem)) };
      return arrayBufferOf(bytesOfBigint(randomPrime(bits, shape), Math.ceil(bits / 8)));
    }, checkPrimeShape),
    CheckPrimeJob: jobClass(ctx, (candidate: Source, checks: number) => isPrime(bigintOf(bytesOf(candidate)), checks === 0 ? undefined : checks)),
  };
}

type RsaArgs = [variant: number, bits: number, exponent: number, ...rest: unknown[]];

function checkRsa([variant, , , hash, mgfHash]: RsaArgs): void {
  if (variant !== RSA_PSS) return;
  for (const name of [hash, mgfHash]) if (name !== undefined) namedDigest(name as string);
}

/** The browser finds primes on another thread. */
async function browserRsa(bits: number): Promise<RsaKey> {
  const { subtle } = native.crypto;
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]) };
  const { privateKey } = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return decodePkcs8(new Uint8Array(await subtle.exportKey('pkcs8', privateKey))) as RsaKey;
}

function makeRsa([variant, bits, exponent, hash, mgfHash, saltLength]: RsaArgs): RsaKey {
  if (bits < MIN_RSA_BITS) throw new Error('error:1C8000AB:Provider routines::key size too small');
  if (exponent < 3 || exponent % 2 === 0) throw new Error('error:020000B2:rsa routines::pub exponent out of range');
  if (variant !== RSA_PSS) return generateRsa(bits, BigInt(exponent));
  return generateRsa(bits, BigInt(exponent), 'rsa-pss', pssLimits(hash as string | undefined, mgfHash as string | undefined, saltLength as number | undefined));
}

/** What was not asked for follows from the rest; with nothing asked for there are no limits. */
function pssLimits(hash?: string, mgfHash?: string, saltLength?: number): PssLimits | undefined {
  if (hash === undefined && mgfHash === undefined && saltLength === undefined) return undefined;
  const digest = canonicalDigest(hash ?? 'sha1');
  return { hash: digest, mgfHash: canonicalDigest(mgfHash ?? digest), saltLength: saltLength ?? namedDigest(digest).outputLen };
}

function curveOf(name: string) {
  const curve = findCurve(name);
  if (curve === undefined) throw nodeError('ERR_CRYPTO_INVALID_CURVE');
  return curve;
}

function okpOf(nid: number) {
  const curve = findOkp((candidate) => candidate.nid === nid);
  if (curve === undefined) throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
  return curve;
}

function makeDh(group: string | number | Source, generator: unknown): DhKey {
  const g = typeof group === 'string' ? 2n : BigInt(generator as number);
  const p = typeof group === 'string' ? groupPrime(group) : typeof group === 'number' ? randomPrime(group, { safe: true }) : bigintOf(bytesOf(group));
  const secret = randomExponent(p - 1n);
  return { type: 'dh', p, g, y: modPow(g, secret, p), secret };
}

/** The messages of crypto_random.cc. */
function checkPrimeShape(bits: number, _safe: boolean, addSource?: Source, remSource?: Source): void {
  const add = addSource === undefined ? undefined : bigintOf(bytesOf(addSource));
  const rem = remSource === undefined ? undefined : bigintOf(bytesOf(remSource));
  if (add !== undefined && add !== 0n) {
    // Such a prime might not exist, or there would be one alone.
    if (add.toString(2).length > bits) throw nodeError('ERR_OUT_OF_RANGE', 'invalid options.add');
    if (rem !== undefined && add <= rem) throw nodeError('ERR_OUT_OF_RANGE', 'invalid options.rem');
  }
}
