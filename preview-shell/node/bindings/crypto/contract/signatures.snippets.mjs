/** Signing, verifying, and RSA encryption: what is the same at each run is compared byte by byte, the rest by who reads it. */
import { ENCRYPTED, PRIVATE_KEYS, SIGNATURES } from './fixtures.mjs';

const DATA = Buffer.from('hello');

export const snippets = (crypto) => {
  const C = crypto.constants;
  const secret = (name) => crypto.createPrivateKey(PRIVATE_KEYS[name]);
  const open = (name) => crypto.createPublicKey(PRIVATE_KEYS[name]);
  const pss = { padding: C.RSA_PKCS1_PSS_PADDING };
  const sign = (digest, name, options) => () => crypto.sign(digest, DATA, options === undefined ? secret(name) : { key: secret(name), ...options });
  const trip = (digest, name, options = {}, verifyOptions = options) => () => {
    const signature = crypto.sign(digest, DATA, { key: secret(name), ...options });
    const verify = (data) => crypto.verify(digest, data, { key: open(name), ...verifyOptions }, signature);
    return [verify(DATA), verify(Buffer.from('other')), crypto.createVerify(digest ?? 'sha256').update(DATA).verify({ key: open(name), ...verifyOptions }, signature)];
  };
  const junk = (digest, name, options = {}) => () => crypto.verify(digest, DATA, { key: open(name), ...options }, Buffer.alloc(5));
  const stream = (name) => () => crypto.createSign('sha256').update('hel').update('lo').sign(secret(name));
  const recorded = (name, digest, options = {}) => () => {
    const signature = Buffer.from(SIGNATURES[name], 'base64');
    const verify = (bytes) => crypto.verify(digest, DATA, { key: open(name.split(' ')[0]), ...options }, bytes);
    const spoiled = Buffer.from(signature);
    spoiled[spoiled.length - 3] ^= 1;
    return [verify(signature), verify(spoiled)];
  };
  const encrypt = (name, options, data = DATA) => () => crypto.publicEncrypt({ key: open(name), ...options }, data);
  const decrypt = (name, options, data) => () => crypto.privateDecrypt({ key: secret(name), ...options }, data);
  const both = (options, data = DATA) => () => crypto.privateDecrypt({ key: secret('rsa'), ...options }, crypto.publicEncrypt({ key: open('rsa'), ...options }, data));
  const pkcs1 = { padding: C.RSA_PKCS1_PADDING };
  const none = { padding: C.RSA_NO_PADDING };
  const label = { oaepHash: 'sha256', oaepLabel: Buffer.from('label') };
  return {
    ...Object.fromEntries(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'RSA-SHA256', 'sha512-256', 'sha3-256', 'ripemd160', 'md5-sha1', 'shake128', 'blake2b512', 'foo', undefined].map((digest) => [`rsa ${digest}`, sign(digest, 'rsa')])),
    'ed25519': sign(null, 'ed25519'),
    'ed448': sign(null, 'ed448'),
    'ed25519 with a digest': sign('sha256', 'ed25519'),
    'x25519': sign(null, 'x25519'),
    'dh': sign('sha256', 'dh'),
    'a public key': () => crypto.sign('sha256', DATA, open('rsa')),
    'no key': () => crypto.sign('sha256', DATA),
    ...Object.fromEntries(['P-256', 'P-384', 'P-521', 'secp256k1'].flatMap((name) => ['sha1', 'sha256', 'sha512'].flatMap((digest) => [[`${name} ${digest}`, trip(digest, name)], [`recorded ${name} ${digest}`, recorded(`${name} ${digest}`, digest)]]))),
    'P-256 side by side': trip('sha256', 'P-256', { dsaEncoding: 'ieee-p1363' }),
    'P-521 side by side': () => sign('sha256', 'P-521', { dsaEncoding: 'ieee-p1363' })().length,
    'recorded P-256 side by side': recorded('P-256 p1363', 'sha256', { dsaEncoding: 'ieee-p1363' }),
    'P-256 with an extendable digest': sign('shake128', 'P-256'),
    'recorded rsa pss': recorded('rsa pss', 'sha256', pss),
    'recorded rsa pss with a salt of 20': recorded('rsa pss 20', 'sha512', { ...pss, saltLength: 20 }),
    'recorded pss': recorded('pss', 'sha256'),
    'pss': trip('sha256', 'rsa', pss),
    'pss, salt of the digest': trip('sha256', 'rsa', { ...pss, saltLength: C.RSA_PSS_SALTLEN_DIGEST }, { ...pss, saltLength: 32 }),
    'pss, another salt': trip('sha256', 'rsa', { ...pss, saltLength: 32 }, { ...pss, saltLength: 31 }),
    'pss, any salt': trip('sha256', 'rsa', { ...pss, saltLength: 7 }, { ...pss, saltLength: C.RSA_PSS_SALTLEN_AUTO }),
    'pss, long salt': sign('sha256', 'rsa', { ...pss, saltLength: 1000 }),
    'pss, salt -5': sign('sha256', 'rsa', { ...pss, saltLength: -5 }),
    'pss key': trip('sha256', 'pss'),
    'pss key, another digest': sign('sha1', 'pss'),
    'pss key, short salt': sign('sha256', 'pss', { saltLength: 10 }),
    'pss key, other padding': sign('sha256', 'pss', pkcs1),
    'padding 99': sign('sha256', 'rsa', { padding: 99 }),
    'no padding': sign('sha256', 'rsa', none),
    'oaep to sign': sign('sha256', 'rsa', { padding: C.RSA_PKCS1_OAEP_PADDING }),
    'junk for rsa': junk('sha256', 'rsa'),
    'junk for P-256': junk('sha256', 'P-256'),
    'junk side by side': junk('sha256', 'P-256', { dsaEncoding: 'ieee-p1363' }),
    'junk for ed25519': junk(null, 'ed25519'),
    'junk for ed25519 with a digest': junk('sha256', 'ed25519'),
    'junk for x25519': junk(null, 'x25519'),
    'Sign': stream('rsa'),
    'Sign with ed25519': stream('ed25519'),
    'Sign with x25519': stream('x25519'),
    'Sign with no digest': () => crypto.createSign('foo'),
    'Sign twice': () => { const signer = crypto.createSign('sha256').update(DATA); signer.sign(secret('rsa')); signer.sign(secret('rsa')); },
    'Sign, then update': () => { const signer = crypto.createSign('sha256').update(DATA); signer.sign(secret('rsa')); signer.update(DATA); },
    'Verify with no digest': () => crypto.createVerify('foo'),
    'Verify twice': () => { const verifier = crypto.createVerify('sha256').update(DATA); verifier.verify(open('rsa'), DATA); verifier.verify(open('rsa'), DATA); },
    'Verify junk side by side': () => crypto.createVerify('sha256').verify({ key: open('P-256'), dsaEncoding: 'ieee-p1363' }, DATA),
    'later': () => new Promise((resolve, reject) => crypto.sign('sha256', DATA, secret('rsa'), (error, signature) => (error ? reject(error) : resolve(signature)))),
    'encrypt pkcs1': both(pkcs1),
    'encrypt oaep': both({}),
    'encrypt oaep with a label': both(label),
    'encrypt nothing': both({}, Buffer.alloc(0)),
    'encrypt with no padding': encrypt('rsa', none, Buffer.alloc(128, 1)),
    'encrypt with no padding, short': encrypt('rsa', none),
    'encrypt with no padding, too big': encrypt('rsa', none, Buffer.alloc(128, 255)),
    'encrypt too much': encrypt('rsa', {}, Buffer.alloc(120)),
    'encrypt too much pkcs1': encrypt('rsa', pkcs1, Buffer.alloc(120)),
    'encrypt with padding 99': encrypt('rsa', { padding: 99 }),
    'encrypt with no digest': encrypt('rsa', { oaepHash: 'foo' }),
    'encrypt for P-256': encrypt('P-256', {}),
    'encrypt for a pss key': encrypt('pss', {}),
    'decrypt': () => [decrypt('rsa', pkcs1, Buffer.from(ENCRYPTED.pkcs1, 'base64'))(), decrypt('rsa', {}, Buffer.from(ENCRYPTED.oaep, 'base64'))(), decrypt('rsa', label, Buffer.from(ENCRYPTED['oaep sha256'], 'base64'))(), decrypt('rsa', {}, Buffer.from(ENCRYPTED.empty, 'base64'))()],
    'decrypt with another label': decrypt('rsa', { oaepHash: 'sha256' }, Buffer.from(ENCRYPTED['oaep sha256'], 'base64')),
    ...Object.fromEntries([1, 2, 3, 4].map((byte) => [`decrypt junk pkcs1 ${byte}`, decrypt('rsa', pkcs1, Buffer.alloc(128, byte))])),
    'decrypt short junk pkcs1': decrypt('rsa', pkcs1, DATA),
    'decrypt junk': decrypt('rsa', {}, Buffer.alloc(128, 1)),
    'decrypt too much': decrypt('rsa', {}, Buffer.alloc(200, 255)),
    'decrypt too big': decrypt('rsa', {}, Buffer.alloc(128, 255)),
    'decrypt with ed25519': decrypt('ed25519', {}, DATA),
    'private encrypt': () => crypto.privateEncrypt(secret('rsa'), DATA),
    'private encrypt with no padding': () => crypto.privateEncrypt({ key: secret('rsa'), ...none }, Buffer.alloc(128, 2)),
    'private encrypt with oaep': () => crypto.privateEncrypt({ key: secret('rsa'), padding: C.RSA_PKCS1_OAEP_PADDING }, DATA),
    'private encrypt too much': () => crypto.privateEncrypt(secret('rsa'), Buffer.alloc(120)),
    'public decrypt': () => crypto.publicDecrypt(open('rsa'), crypto.privateEncrypt(secret('rsa'), DATA)),
    'public decrypt junk': () => crypto.publicDecrypt(open('rsa'), Buffer.alloc(128, 1)),
  };
};
