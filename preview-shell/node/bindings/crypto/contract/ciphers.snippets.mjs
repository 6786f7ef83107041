/** Ciphers in pieces of every size, and the errors of each wrong use. */
const key = Buffer.alloc(16, 1);
const iv = Buffer.alloc(16, 2);
const nonce = Buffer.alloc(12);

/** Numbers that are the same at every run. */
function numbers(seed) {
  let state = seed;
  const below = (limit) => (state = (state * 1103515245 + 12345) % 2147483648) % limit;
  return { below, bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))) };
}

function inPieces(cipher, data, size) {
  const pieces = [];
  for (let at = 0; at < data.length; at += size) pieces.push(cipher.update(data.subarray(at, at + size)));
  return Buffer.concat([...pieces, cipher.final()]);
}

const MODES = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'aes-128-ecb', 'aes-192-ctr', 'aes-256-ctr', 'aes-256-cfb', 'aes-128-ofb', 'aes-128-gcm', 'aes-256-gcm', 'aes-256-ccm', 'chacha20', 'chacha20-poly1305', 'aes256-wrap'];

function roundTrip(crypto, mode, seed) {
  const { below, bytes } = numbers(seed);
  const info = crypto.getCipherInfo(mode);
  const secret = bytes(info.keyLength);
  let vector = info.ivLength === undefined ? null : bytes(info.ivLength);
  if (mode.endsWith('ctr')) vector.fill(255);
  if (mode.endsWith('gcm') && seed % 2 === 0) vector = bytes(1 + below(40));
  const whole = /ccm|wrap/.test(mode);
  const authenticated = /gcm|ccm|poly/.test(mode);
  const options = mode.endsWith('ccm') ? { authTagLength: 12 } : undefined;
  const data = bytes(mode.endsWith('wrap') ? 24 : below(seed * 50) + 1);
  const size = whole ? 1000 : 1 + below(40);
  const aad = bytes(below(50));
  const cipher = crypto.createCipheriv(mode, secret, vector, options);
  const decipher = crypto.createDecipheriv(mode, secret, vector, options);
  if (authenticated) cipher.setAAD(aad, { plaintextLength: data.length });
  const encrypted = inPieces(cipher, data, size);
  if (authenticated) decipher.setAAD(aad, { plaintextLength: encrypted.length }).setAuthTag(cipher.getAuthTag());
  return [encrypted, authenticated ? cipher.getAuthTag() : null, inPieces(decipher, encrypted, size).equals(data)];
}

export const snippets = (crypto) => {
  const cipher = (name, ...rest) => crypto.createCipheriv(name, key, ...rest);
  const decipher = (name, ...rest) => crypto.createDecipheriv(name, key, ...rest);
  const chacha = (kind, ...rest) => crypto[kind]('chacha20-poly1305', Buffer.alloc(32), ...rest);
  const trips = MODES.flatMap((mode) => [1, 2, 3, 4].map((seed) => [`${mode} ${seed}`, () => roundTrip(crypto, mode, seed)]));
  return {
    ...Object.fromEntries(trips),
    ...Object.fromEntries(MODES.map((mode) => [`info ${mode}`, () => crypto.getCipherInfo(mode)])),
    'info by number': () => crypto.getCipherInfo(419),
    'info of nothing': () => [crypto.getCipherInfo('foo'), crypto.getCipherInfo('aes-128-cbc', { keyLength: 5 }), crypto.getCipherInfo('aes-128-cbc', { ivLength: 5 }), crypto.getCipherInfo('aes-128-ccm', { ivLength: 5 })],
    'info with a length': () => crypto.getCipherInfo('aes-128-gcm', { ivLength: 5 }),
    'unknown cipher': () => cipher('foo', iv),
    'short vector': () => cipher('aes-128-cbc', Buffer.alloc(5)),
    'no vector': () => cipher('aes-128-cbc', null),
    'vector for ecb': () => cipher('aes-128-ecb', iv),
    'empty vector for ecb': () => cipher('aes-128-ecb', '').final('hex'),
    'empty vector for gcm': () => cipher('aes-128-gcm', Buffer.alloc(0)),
    'gcm tag of 3 bytes': () => cipher('aes-128-gcm', iv, { authTagLength: 3 }),
    'ccm without tag length': () => cipher('aes-128-ccm', nonce),
    'ccm vector of 5 bytes': () => cipher('aes-128-ccm', Buffer.alloc(5), { authTagLength: 16 }),
    'ccm tag of 5 bytes': () => cipher('aes-128-ccm', nonce, { authTagLength: 5 }),
    'chacha20-poly1305 nonce of 13 bytes': () => chacha('createCipheriv', Buffer.alloc(13)),
    'chacha20-poly1305 tag of 17 bytes': () => chacha('createCipheriv', nonce, { authTagLength: 17 }),
    'final twice': () => { const c = cipher('aes-128-cbc', iv); c.final(); c.final(); },
    'padding after final': () => { const c = cipher('aes-128-cbc', iv); c.final(); c.setAutoPadding(false); },
    'part of a block without padding': () => { const c = cipher('aes-128-cbc', iv).setAutoPadding(false); c.update('abc'); c.final(); },
    'whole blocks without padding': () => { const c = cipher('aes-128-cbc', iv).setAutoPadding(false); return [c.update(iv), c.final()]; },
    'deciphering part of a block': () => { const c = decipher('aes-128-cbc', iv); c.update('abc'); c.final(); },
    'deciphering nothing': () => decipher('aes-128-cbc', iv).final(),
    'bad padding': () => { const c = decipher('aes-128-cbc', iv); c.update(Buffer.alloc(32)); c.final(); },
    'gcm: wrong tag': () => { const c = decipher('aes-128-gcm', iv).setAuthTag(Buffer.alloc(16)); c.update(Buffer.alloc(32)); c.final(); },
    'gcm: no tag': () => { const c = decipher('aes-128-gcm', iv); c.update(Buffer.alloc(32)); c.final(); },
    'gcm: tag of 17 bytes': () => decipher('aes-128-gcm', iv).setAuthTag(Buffer.alloc(17)),
    'gcm: tag of another length': () => decipher('aes-128-gcm', iv, { authTagLength: 12 }).setAuthTag(Buffer.alloc(16)),
    'gcm: tag twice': () => decipher('aes-128-gcm', iv).setAuthTag(iv).setAuthTag(iv),
    'gcm: data after text': () => { const c = cipher('aes-128-gcm', iv); c.update('abc'); c.setAAD(iv); },
    'gcm: data twice': () => { const c = cipher('aes-128-gcm', iv).setAAD(Buffer.from('abc')).setAAD(Buffer.alloc(5)); return [c.update('abc', 'utf8', 'hex'), c.final(), c.getAuthTag()]; },
    'gcm: tag before the end': () => cipher('aes-128-gcm', iv).getAuthTag(),
    'gcm: tag of 4 bytes': () => { const c = cipher('aes-128-gcm', iv, { authTagLength: 4 }); c.final(); return c.getAuthTag(); },
    'cbc: no tag': () => { const c = cipher('aes-128-cbc', iv); c.final(); c.getAuthTag(); },
    'cbc: no data': () => cipher('aes-128-cbc', iv).setAAD(iv),
    'chacha20-poly1305: wrong tag': () => { const c = chacha('createDecipheriv', nonce).setAuthTag(iv); c.update('abc'); c.final(); },
    'chacha20-poly1305: short tag': () => chacha('createDecipheriv', nonce).setAuthTag(Buffer.alloc(12)),
    'ccm: wrong tag': () => { const c = decipher('aes-128-ccm', nonce, { authTagLength: 16 }).setAuthTag(iv); c.update('abc'); c.final(); },
    'ccm: data without length': () => cipher('aes-128-ccm', nonce, { authTagLength: 16 }).setAAD(iv),
    'ccm: two pieces': () => { const c = cipher('aes-128-ccm', nonce, { authTagLength: 16 }); c.update('abc'); c.update('abc'); },
    'wrong encoding': () => cipher('aes-128-cbc', iv).update('a', 'hex'),
    'texts': () => { const c = crypto.createCipheriv('aes-128-cbc', '0123456789abcdef', '0123456789abcdef'); return c.update('grüße', 'utf8', 'base64') + c.final('base64'); },
    'as a stream': async () => { const c = cipher('aes-128-cbc', iv); c.end('one two three four five'); const all = []; for await (const piece of c) all.push(piece); return Buffer.concat(all); },
    'short key': () => crypto.createCipheriv('aes-128-cbc', Buffer.alloc(5), iv),
  };
};
