/** Web Cryptography: what is the same at each run is compared byte by byte, the rest by who reads it. */
import { PRIVATE_KEYS, SIGNATURES } from './fixtures.mjs';

const DATA = new TextEncoder().encode('hello');
const HASHES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

export const snippets = (crypto) => {
  const { subtle } = crypto;
  const der = (name, type) => (type === 'pkcs8' ? crypto.createPrivateKey(PRIVATE_KEYS[name]) : crypto.createPublicKey(PRIVATE_KEYS[name])).export({ format: 'der', type });
  const privateKey = (name, algorithm, usages) => subtle.importKey('pkcs8', der(name, 'pkcs8'), algorithm, true, usages);
  const publicKey = (name, algorithm, usages) => subtle.importKey('spki', der(name, 'spki'), algorithm, true, usages);
  const secretKey = (algorithm, usages, length = 32) => subtle.importKey('raw', new Uint8Array(length).fill(7), algorithm, true, usages);
  const about = (key) => [key.type, key.extractable, key.algorithm, [...key.usages].toSorted((a, b) => (a < b ? -1 : 1))];
  const iv = new Uint8Array(16).fill(9);

  const symmetric = (algorithm, length) => async () => {
    const key = await secretKey(algorithm.name, ['encrypt', 'decrypt'], length);
    const encrypted = await subtle.encrypt(algorithm, key, DATA);
    return [encrypted, Buffer.from(await subtle.decrypt(algorithm, key, encrypted)).equals(DATA)];
  };
  const spoiled = (algorithm) => async () => {
    const key = await secretKey(algorithm.name, ['encrypt', 'decrypt']);
    const encrypted = new Uint8Array(await subtle.encrypt(algorithm, key, DATA));
    encrypted[0] ^= 1;
    return subtle.decrypt(algorithm, key, encrypted);
  };
  const signed = (name, algorithm, imported = algorithm) => async () => {
    const signature = await subtle.sign(algorithm, await privateKey(name, imported, ['sign']), DATA);
    const verifier = await publicKey(name, imported, ['verify']);
    return [signature.byteLength, await subtle.verify(algorithm, verifier, signature, DATA), await subtle.verify(algorithm, verifier, signature, new Uint8Array(3))];
  };
  const exact = (name, algorithm, imported = algorithm) => async () => subtle.sign(algorithm, await privateKey(name, imported, ['sign']), DATA);
  const derived = (name, algorithm, length) => async () => {
    const key = await privateKey(name, algorithm, ['deriveBits', 'deriveKey']);
    return subtle.deriveBits({ name: algorithm.name, public: await publicKey(name, algorithm, []) }, key, length);
  };
  const generated = (algorithm, usages) => async () => {
    const made = await subtle.generateKey(algorithm, true, usages);
    return made.type === undefined ? [about(made.publicKey), about(made.privateKey)] : about(made);
  };
  const exported = (name, algorithm, usages, formats) => async () => {
    const key = formats.includes('pkcs8') ? await privateKey(name, algorithm, usages) : await publicKey(name, algorithm, usages);
    const all = [];
    for (const format of formats) all.push(await subtle.exportKey(format, key));
    return all;
  };
  const kdf = (algorithm, length) => async () => subtle.deriveBits(algorithm, await subtle.importKey('raw', DATA, algorithm.name, false, ['deriveBits']), length);
  const [ecdsa, rsaPkcs1, rsaPss, oaep] = [{ name: 'ECDSA', namedCurve: 'P-256' }, 'RSASSA-PKCS1-v1_5', 'RSA-PSS', { name: 'RSA-OAEP', hash: 'SHA-256' }];
  return {
    ...Object.fromEntries(HASHES.map((hash) => [`digest ${hash}`, () => subtle.digest(hash, DATA)])),
    'digest of no name': () => subtle.digest('MD5', DATA),
    ...Object.fromEntries([16, 24, 32].map((length) => [`AES-CBC ${length}`, symmetric({ name: 'AES-CBC', iv }, length)])),
    'AES-CTR': symmetric({ name: 'AES-CTR', counter: iv, length: 64 }),
    'AES-CTR around': async () => { const key = await secretKey('AES-CTR', ['encrypt']); return subtle.encrypt({ name: 'AES-CTR', counter: new Uint8Array(16).fill(255), length: 3 }, key, new Uint8Array(100)); },
    'AES-CTR too long': async () => { const key = await secretKey('AES-CTR', ['encrypt']); return subtle.encrypt({ name: 'AES-CTR', counter: iv, length: 3 }, key, new Uint8Array(129)); },
    'AES-GCM': symmetric({ name: 'AES-GCM', iv }),
    'AES-GCM with data': symmetric({ name: 'AES-GCM', iv: iv.subarray(4), additionalData: DATA, tagLength: 96 }),
    'AES-GCM spoiled': spoiled({ name: 'AES-GCM', iv }),
    'AES-CBC spoiled': async () => { const key = await secretKey('AES-CBC', ['decrypt']); return subtle.decrypt({ name: 'AES-CBC', iv }, key, new Uint8Array(16)); },
    'AES-KW': async () => {
      const [wrapping, key] = [await secretKey('AES-KW', ['wrapKey', 'unwrapKey']), await secretKey('AES-GCM', ['encrypt'], 16)];
      const wrapped = await subtle.wrapKey('raw', key, wrapping, 'AES-KW');
      return [wrapped, about(await subtle.unwrapKey('raw', wrapped, wrapping, 'AES-KW', 'AES-GCM', true, ['encrypt']))];
    },
    'AES-KW spoiled': async () => subtle.unwrapKey('raw', new Uint8Array(24), await secretKey('AES-KW', ['unwrapKey']), 'AES-KW', 'AES-GCM', true, ['encrypt']),
    'wrap in AES-GCM as jwk': async () => {
      const [wrapping, key] = [await secretKey('AES-GCM', ['wrapKey', 'unwrapKey']), await privateKey('P-256', ecdsa, ['sign'])];
      return about(await subtle.unwrapKey('jwk', await subtle.wrapKey('jwk', key, wrapping, { name: 'AES-GCM', iv }), wrapping, { name: 'AES-GCM', iv }, ecdsa, true, ['sign']));
    },
    'key of a wrong length': () => secretKey('AES-GCM', ['encrypt'], 15),
    'usage that is none': () => secretKey('AES-GCM', ['sign']),
    'key not for this': async () => subtle.encrypt({ name: 'AES-GCM', iv }, await secretKey('AES-GCM', ['decrypt']), DATA),
    ...Object.fromEntries(HASHES.map((hash) => [`HMAC ${hash}`, async () => {
      const key = await secretKey({ name: 'HMAC', hash }, ['sign', 'verify']);
      const mac = await subtle.sign('HMAC', key, DATA);
      return [mac, await subtle.verify('HMAC', key, mac, DATA), await subtle.verify('HMAC', key, mac, new Uint8Array(1)), await subtle.exportKey('jwk', key)];
    }])),
    'RSASSA-PKCS1-v1_5': exact('rsa', { name: rsaPkcs1 }, { name: rsaPkcs1, hash: 'SHA-256' }),
    'RSASSA-PKCS1-v1_5 verified': signed('rsa', { name: rsaPkcs1 }, { name: rsaPkcs1, hash: 'SHA-512' }),
    'RSA-PSS': signed('rsa', { name: rsaPss, saltLength: 32 }, { name: rsaPss, hash: 'SHA-256' }),
    'RSA-PSS with a salt too long': signed('rsa', { name: rsaPss, saltLength: 1000 }, { name: rsaPss, hash: 'SHA-256' }),
    ...Object.fromEntries(['P-256', 'P-384', 'P-521'].map((namedCurve) => [`ECDSA ${namedCurve}`, signed(namedCurve, { name: 'ECDSA', hash: 'SHA-256' }, { name: 'ECDSA', namedCurve })])),
    'ECDSA recorded': async () => subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, await publicKey('P-256', ecdsa, ['verify']), Buffer.from(SIGNATURES['P-256 p1363'], 'base64'), DATA),
    'Ed25519': exact('ed25519', { name: 'Ed25519' }),
    'Ed25519 verified': signed('ed25519', { name: 'Ed25519' }),
    'RSA-OAEP': async () => { const [open, key] = [await publicKey('rsa', oaep, ['encrypt']), await privateKey('rsa', oaep, ['decrypt'])]; return subtle.decrypt({ name: 'RSA-OAEP', label: DATA }, key, await subtle.encrypt({ name: 'RSA-OAEP', label: DATA }, open, DATA)); },
    'RSA-OAEP spoiled': async () => subtle.decrypt({ name: 'RSA-OAEP' }, await privateKey('rsa', oaep, ['decrypt']), new Uint8Array(128)),
    ...Object.fromEntries(['P-256', 'P-384', 'P-521'].map((namedCurve) => [`ECDH ${namedCurve}`, derived(namedCurve, { name: 'ECDH', namedCurve }, null)])),
    'ECDH of 100 bits': derived('P-256', { name: 'ECDH', namedCurve: 'P-256' }, 100),
    'ECDH of too many bits': derived('P-256', { name: 'ECDH', namedCurve: 'P-256' }, 300),
    'X25519': derived('x25519', { name: 'X25519' }, 256),
    'PBKDF2': kdf({ name: 'PBKDF2', hash: 'SHA-256', salt: iv, iterations: 10 }, 256),
    'HKDF': kdf({ name: 'HKDF', hash: 'SHA-512', salt: iv, info: DATA }, 256),
    'derive a key': async () => {
      const key = await subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt: iv, iterations: 10 }, await subtle.importKey('raw', DATA, 'PBKDF2', false, ['deriveKey']), { name: 'AES-GCM', length: 128 }, true, ['encrypt']);
      return [about(key), await subtle.exportKey('raw', key)];
    },
    'generate AES': generated({ name: 'AES-GCM', length: 192 }, ['encrypt', 'decrypt']),
    'generate AES of no length': generated({ name: 'AES-GCM', length: 100 }, ['encrypt']),
    'generate HMAC': generated({ name: 'HMAC', hash: 'SHA-256' }, ['sign']),
    'generate RSA': generated({ name: rsaPss, hash: 'SHA-256', modulusLength: 768, publicExponent: new Uint8Array([1, 0, 1]) }, ['sign', 'verify']),
    'generate ECDSA': generated({ name: 'ECDSA', namedCurve: 'P-384' }, ['sign', 'verify']),
    'generate Ed25519': generated({ name: 'Ed25519' }, ['sign', 'verify']),
    'generate X25519': generated({ name: 'X25519' }, ['deriveBits']),
    'generate for nothing': generated({ name: 'ECDSA', namedCurve: 'P-384' }, []),
    'export ECDSA': exported('P-256', ecdsa, ['sign'], ['pkcs8', 'jwk']),
    'export public ECDSA': exported('P-256', ecdsa, ['verify'], ['spki', 'raw', 'jwk']),
    'export RSA': exported('rsa', { name: rsaPkcs1, hash: 'SHA-256' }, ['sign'], ['pkcs8', 'jwk']),
    'export public RSA': exported('rsa', { name: rsaPkcs1, hash: 'SHA-384' }, ['verify'], ['spki', 'jwk']),
    'export Ed25519': exported('ed25519', { name: 'Ed25519' }, ['sign'], ['pkcs8', 'jwk']),
    'export public X25519': exported('x25519', { name: 'X25519' }, [], ['spki', 'raw', 'jwk']),
    'export what may not be': async () => subtle.exportKey('raw', await subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', false, ['encrypt'])),
    'import raw points': async () => about(await subtle.importKey('raw', await subtle.exportKey('raw', await publicKey('P-256', ecdsa, ['verify'])), ecdsa, true, ['verify'])),
    'import jwk': async () => about(await subtle.importKey('jwk', await subtle.exportKey('jwk', await privateKey('ed25519', { name: 'Ed25519' }, ['sign'])), { name: 'Ed25519' }, true, ['sign'])),
    'import of another curve': () => publicKey('P-384', ecdsa, ['verify']),
    'import of junk': () => subtle.importKey('pkcs8', new Uint8Array(3), ecdsa, true, ['sign']),
    'import of a raw point that is none': () => subtle.importKey('raw', DATA, ecdsa, true, ['verify']),
    'key objects': async () => {
      const key = await privateKey('rsa', oaep, ['decrypt']);
      const object = crypto.KeyObject.from(key);
      return [object.type, object.asymmetricKeyType, about(object.toCryptoKey(oaep, true, ['decrypt'])), about(crypto.createSecretKey(iv).toCryptoKey('AES-CBC', false, ['encrypt']))];
    },
    'random values': () => [crypto.webcrypto.getRandomValues(new Uint8Array(10)).length, crypto.webcrypto.randomUUID().length, crypto.randomInt(1)],
  };
};
