/** Reading and writing keys in each of their formats, and the errors of what is none. */
import { CERTIFICATE, PRIVATE_KEYS } from './fixtures.mjs';

const PAIRS = Object.keys(PRIVATE_KEYS).filter((name) => !name.startsWith('encrypted'));
const JUNK = Buffer.alloc(3);
const pem = (label, content = 'AAAA') => `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----`;

export const snippets = (crypto) => {
  const secretKey = (name) => crypto.createPrivateKey({ key: PRIVATE_KEYS[name], passphrase: 'secret' });
  const publicKey = (name) => crypto.createPublicKey(secretKey(name));
  const all = {};
  for (const name of PAIRS) {
    const [key, open] = [secretKey(name), publicKey(name)];
    for (const format of ['pem', 'der']) {
      for (const type of ['pkcs8', 'pkcs1', 'sec1']) all[`${name} private ${format} ${type}`] = () => key.export({ format, type });
      for (const type of ['spki', 'pkcs1']) all[`${name} public ${format} ${type}`] = () => open.export({ format, type });
    }
    all[`${name} jwk`] = () => [key.export({ format: 'jwk' }), open.export({ format: 'jwk' })];
    all[`${name} about`] = () => [key.type, open.type, key.asymmetricKeyType, key.asymmetricKeyDetails, open.asymmetricKeyDetails];
    all[`${name} from jwk`] = () => [crypto.createPrivateKey({ key: key.export({ format: 'jwk' }), format: 'jwk' }).equals(key), crypto.createPublicKey({ key: open.export({ format: 'jwk' }), format: 'jwk' }).equals(open)];
    all[`${name} from der`] = () => [
      crypto.createPrivateKey({ key: key.export({ format: 'der', type: 'pkcs8' }), format: 'der', type: 'pkcs8' }).equals(key),
      crypto.createPublicKey({ key: open.export({ format: 'der', type: 'spki' }), format: 'der', type: 'spki' }).equals(open),
      crypto.createPublicKey({ key: key.export({ format: 'der', type: 'pkcs8' }), format: 'der', type: 'pkcs8' }).equals(open),
    ];
    all[`${name} encrypted`] = () => crypto.createPrivateKey({ key: key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-192-cbc', passphrase: 'x' }), passphrase: Buffer.from('x') }).equals(key);
    all[`${name} equals another`] = () => [key.equals(secretKey(name)), open.equals(publicKey('secp256k1')), key.equals(open)];
  }
  const read = (kind) => (key, format, type, passphrase) => () => crypto[kind](format === undefined && passphrase === undefined ? key : { key, format, type, passphrase });
  const [readPrivate, readPublic] = [read('createPrivateKey'), read('createPublicKey')];
  const generate = (type, options) => () => {
    const { publicKey: open, privateKey: key } = crypto.generateKeyPairSync(type, options);
    return [open.asymmetricKeyType, open.asymmetricKeyDetails, crypto.createPublicKey(key).equals(open)];
  };
  return {
    ...all,
    'encrypted pkcs8': () => secretKey('encrypted').equals(secretKey('P-256')),
    'encrypted pkcs1': () => secretKey('encryptedRsa').equals(secretKey('rsa')),
    'encrypted, no passphrase': readPrivate(PRIVATE_KEYS.encrypted),
    'encrypted, wrong passphrase': readPrivate(PRIVATE_KEYS.encrypted, 'pem', undefined, 'wrong'),
    'encrypted der, no passphrase': () => crypto.createPrivateKey({ key: secretKey('rsa').export({ format: 'der', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'x' }), format: 'der', type: 'pkcs8' }),
    'encrypted with an unknown cipher': () => secretKey('rsa').export({ format: 'pem', type: 'pkcs8', cipher: 'foo', passphrase: 'x' }),
    'encrypted sec1': () => crypto.createPrivateKey({ key: secretKey('P-384').export({ format: 'pem', type: 'sec1', cipher: 'aes-256-cbc', passphrase: 'x' }), passphrase: 'x' }).equals(secretKey('P-384')),
    'private: no key': readPrivate('junk'),
    'public: no key': readPublic('junk'),
    'private: empty': readPrivate(''),
    'private: a public one': () => crypto.createPrivateKey(publicKey('rsa').export({ format: 'pem', type: 'spki' })),
    'private: a KeyObject': () => crypto.createPrivateKey(secretKey('rsa')),
    'public: of a public KeyObject': () => crypto.createPublicKey(publicKey('rsa')),
    'public: of a secret KeyObject': () => crypto.createPublicKey(crypto.createSecretKey(JUNK)),
    'public: from sec1 text': () => crypto.createPublicKey(secretKey('P-256').export({ format: 'pem', type: 'sec1' })).equals(publicKey('P-256')),
    ...Object.fromEntries(['pkcs8', 'pkcs1', 'sec1'].map((type) => [`private: bad ${type}`, readPrivate(JUNK, 'der', type)])),
    ...Object.fromEntries(['spki', 'pkcs1'].map((type) => [`public: bad ${type}`, readPublic(JUNK, 'der', type)])),
    ...Object.fromEntries(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'].map((label) => [`private: bad ${label}`, readPrivate(pem(label))])),
    ...Object.fromEntries(['PUBLIC KEY', 'CERTIFICATE'].map((label) => [`public: bad ${label}`, readPublic(pem(label))])),
    'public: of a certificate': () => crypto.createPublicKey(`what comes before\n${CERTIFICATE}`).equals(publicKey('P-256')),
    'private: with other text around': () => crypto.createPrivateKey(`Bag Attributes\n  a: b\n${PRIVATE_KEYS.ed25519.replaceAll('\n', '\r\n')}\n`).equals(secretKey('ed25519')),
    'public: not base64': readPublic(pem('PUBLIC KEY', '!!!')),
    'jwk: no point of the curve': readPublic({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, 'jwk'),
    'jwk: short okp': readPublic({ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }, 'jwk'),
    'jwk: unknown type': readPublic({ kty: 'XX' }, 'jwk'),
    'jwk: unknown curve': readPublic({ kty: 'EC', crv: 'P-255', x: 'AA', y: 'AA' }, 'jwk'),
    'secret key': () => {
      const key = crypto.createSecretKey(Buffer.from('0123456789'));
      return [key.type, key.symmetricKeySize, key.export(), key.export({ format: 'jwk' }), key.equals(crypto.createSecretKey('0123456789', 'utf8')), key.equals(crypto.createSecretKey(JUNK))];
    },
    'a secret key for a cipher': () => crypto.createCipheriv('aes-128-ecb', crypto.createSecretKey(Buffer.alloc(16)), null).final(),
    'a private key for a cipher': () => crypto.createCipheriv('aes-128-ecb', secretKey('rsa'), null),
    'generate rsa': generate('rsa', { modulusLength: 1024 }),
    'generate rsa with 3': generate('rsa', { modulusLength: 515, publicExponent: 3 }),
    'generate rsa-pss': generate('rsa-pss', { modulusLength: 768, hashAlgorithm: 'SHA-256' }),
    ...Object.fromEntries(['P-256', 'prime256v1', 'P-384', 'secp384r1', 'P-521', 'secp521r1', 'secp256k1', 'foo'].map((namedCurve) => [`generate ${namedCurve}`, generate('ec', { namedCurve })])),
    ...Object.fromEntries(['ed25519', 'x25519', 'ed448', 'x448'].map((type) => [`generate ${type}`, generate(type)])),
    'generate dh of a group': generate('dh', { group: 'modp14' }),
    'generate dh of no group': generate('dh', { group: 'modp99' }),
    'generate dh of a prime': generate('dh', { prime: Buffer.from('ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff', 'hex'), generator: 2 }),
    'generate rsa of no bits': generate('rsa', { modulusLength: 0 }),
    'generate rsa of 100 bits': generate('rsa', { modulusLength: 100 }),
    'generate rsa with 2': generate('rsa', { modulusLength: 512, publicExponent: 2 }),
    'generate rsa-pss with an unknown digest': generate('rsa-pss', { modulusLength: 512, hashAlgorithm: 'foo' }),
    'generate as text': () => Object.values(crypto.generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { format: 'pem', type: 'spki' }, privateKeyEncoding: { format: 'pem', type: 'pkcs8' } })).map((text) => text.split('\n')[0]),
    'generate as jwk': () => Object.values(crypto.generateKeyPairSync('ed25519', { publicKeyEncoding: { format: 'jwk' }, privateKeyEncoding: { format: 'jwk' } })).map((jwk) => Object.keys(jwk)),
    'generate rsa later': () => new Promise((resolve, reject) => crypto.generateKeyPair('rsa', { modulusLength: 1024 }, (error, open, key) => (error ? reject(error) : resolve([open.asymmetricKeyDetails, crypto.createPublicKey(key).equals(open)])))),
    'generate later': () => new Promise((resolve, reject) => crypto.generateKeyPair('x25519', {}, (error, open, key) => (error ? reject(error) : resolve([open.type, key.type])))),
    'generate secrets': () => [crypto.generateKeySync('hmac', { length: 123 }).symmetricKeySize, crypto.generateKeySync('aes', { length: 256 }).symmetricKeySize],
  };
};
