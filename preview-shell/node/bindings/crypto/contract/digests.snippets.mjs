/** Every digest and what is made of digests: HMAC, PBKDF2, HKDF, scrypt; and the errors of each wrong use. */
export const snippets = (crypto) => {
  const names = [...crypto.getHashes(), 'SHA2-512', 'SHA-512/256', 'SHA2-512/224', 'BLAKE2b-512', 'SHAKE-128', 'MD5-SHA1', 'SM3', 'sha3256', 'foo'];
  const fixed = names.filter((name) => !/^(RSA|id)-|shake|With/i.test(name));
  return {
    'names': () => crypto.getHashes(),
    ...Object.fromEntries(names.map((name) => [`hash ${name}`, () => crypto.createHash(name).update('abc').digest('hex')])),
    ...Object.fromEntries(fixed.map((name) => [`hmac ${name}`, () => crypto.createHmac(name, 'key').update('abc').digest('hex')])),
    ...Object.fromEntries(fixed.map((name) => [`pieces ${name}`, () => { const hash = crypto.createHash(name); for (let size = 0; size < 150; size++) hash.update(Buffer.alloc(size, size)); return [hash.copy().digest('hex'), hash.digest('hex')]; }])),
    'hash of a wrong length': () => crypto.createHash('sha256', { outputLength: 5 }),
    'hash of no length': () => crypto.createHash('sha256', { outputLength: 0 }),
    'hash of its length': () => crypto.createHash('sha256', { outputLength: 32 }).digest('hex'),
    'shake of a length': () => [0, 5, 100].map((outputLength) => crypto.createHash('shake128', { outputLength }).digest('hex')),
    'copy of another length': () => crypto.createHash('shake256').update('a').copy({ outputLength: 10 }).digest('hex'),
    'copy of a wrong length': () => crypto.createHash('sha256').copy({ outputLength: 10 }),
    'one shot': () => [crypto.hash('sha1', 'a'), crypto.hash('md5', Buffer.from('a'), 'base64')],
    'one shot of no digest': () => crypto.hash('foo', 'a'),
    'digest twice': () => { const hash = crypto.createHash('sha1'); hash.digest(); hash.digest(); },
    'hmac of an extendable digest': () => crypto.createHmac('shake128', 'a'),
    'pbkdf2': () => crypto.pbkdf2Sync('password', 'salt', 3, 40, 'sha512'),
    'pbkdf2 later': () => new Promise((resolve, reject) => crypto.pbkdf2('password', 'salt', 3, 40, 'sha512', (error, key) => (error ? reject(error) : resolve(key)))),
    'pbkdf2 of nothing, later': () => new Promise((resolve, reject) => crypto.pbkdf2('password', 'salt', 3, 0, 'sha512', (error, key) => (error ? reject(error) : resolve(key)))),
    'pbkdf2 of no digest': () => crypto.pbkdf2Sync('a', 'b', 1, 10, 'foo'),
    'pbkdf2 of no digest, later': () => crypto.pbkdf2('a', 'b', 1, 10, 'foo', () => {}),
    'pbkdf2 of nothing': () => crypto.pbkdf2Sync('a', 'b', 1, 0, 'sha256'),
    'pbkdf2 of an extendable digest': () => crypto.pbkdf2Sync('a', 'b', 1, 10, 'shake128'),
    'hkdf': () => crypto.hkdfSync('sha256', 'key', 'salt', 'info', 50),
    'hkdf of no digest': () => crypto.hkdfSync('foo', 'a', 'b', 'c', 10),
    'hkdf of no digest, later': () => crypto.hkdf('foo', 'a', 'b', 'c', 10, () => {}),
    'hkdf too long': () => crypto.hkdfSync('sha256', 'a', 'b', 'c', 255 * 32 + 1),
    'hkdf of nothing': () => crypto.hkdfSync('sha256', 'a', 'b', 'c', 0),
    'scrypt': () => crypto.scryptSync('password', 'salt', 40, { N: 16, r: 2, p: 3 }),
    'scrypt of nothing': () => crypto.scryptSync('a', 'b', 0, { N: 2 }),
    'scrypt with a bad cost': () => crypto.scryptSync('a', 'b', 10, { N: 3 }),
    'scrypt with too much memory': () => crypto.scryptSync('a', 'b', 10, { N: 2 ** 20 }),
    'buffers of different length': () => crypto.timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2)),
    'buffers': () => [crypto.timingSafeEqual(Buffer.from('ab'), Buffer.from('ab')), crypto.timingSafeEqual(Buffer.from('ab'), Buffer.from('ac'))],
  };
};
