/** Secrets that two parties share, and primes. */
import { PRIVATE_KEYS } from './fixtures.mjs';

export const snippets = (crypto) => {
  const secret = (name) => crypto.createPrivateKey(PRIVATE_KEYS[name]);
  const open = (name) => crypto.createPublicKey(PRIVATE_KEYS[name]);
  const prime = crypto.createDiffieHellmanGroup('modp14').getPrime();
  const dh = (...args) => crypto.createDiffieHellman(...args);
  const withKeys = (party) => { party.generateKeys(); return party; };
  const ecdh = (name = 'secp256k1') => crypto.createECDH(name);
  const known = () => { const party = ecdh(); party.setPrivateKey(Buffer.alloc(32, 3)); return party; };
  const verifyErrors = (p, generators) => () => generators.map((g) => dh(p, g).verifyError);
  return {
    ...Object.fromEntries(['modp1', 'modp2', 'modp5', 'modp14', 'modp15', 'modp16', 'modp17', 'modp18', 'modp3'].map((name) => [name, () => { const group = crypto.getDiffieHellman(name); return [group.getPrime('hex'), group.getGenerator('hex'), group.verifyError, typeof group.setPublicKey]; }])),
    'dh': () => { const [a, b] = [withKeys(dh(prime)), withKeys(dh(prime.toString('hex'), 'hex', 2))]; return [a.computeSecret(b.getPublicKey()).equals(b.computeSecret(a.getPublicKey())), a.computeSecret(b.getPublicKey()).length]; },
    'dh with a given secret': () => { const a = dh(prime); a.setPrivateKey(Buffer.from('0123456789')); return [a.getPrivateKey(), a.generateKeys('hex'), a.computeSecret(Buffer.from([4]), null, 'hex')]; },
    'dh with a given public key': () => { const a = dh(prime); a.setPublicKey(Buffer.from([5])); return a.getPublicKey(); },
    'dh, keys again': () => { const a = dh(prime); return a.generateKeys('hex') === a.generateKeys('hex'); },
    'dh, no keys': () => dh(prime).getPublicKey(),
    'dh, no secret': () => dh(prime).getPrivateKey(),
    'dh, a secret with no public key': () => { const a = dh(prime); a.setPrivateKey(Buffer.from([5])); a.getPublicKey(); },
    ...Object.fromEntries([-1, 0, 1, 12].map((bits) => [`dh of ${bits} bits`, () => dh(bits)])),
    ...Object.fromEntries([-1, 1, Buffer.from([1]), Buffer.from([0])].map((generator) => [`dh of generator ${String(generator).codePointAt(0)} ${typeof generator}`, () => dh(prime, generator)])),
    'dh: not a prime': verifyErrors(Buffer.from('ffffffffffffff00', 'hex'), [2]),
    'dh: not a safe prime': verifyErrors(Buffer.from('65537', 'hex'), [2]),
    'dh: small primes': verifyErrors(Buffer.from([23]), [2, 3, 5, 7]),
    ...Object.fromEntries([[0], [1], [], Array(257).fill(255)].map((key) => [`dh with a public key of ${key.length} times ${key[0]}`, () => withKeys(dh(prime)).computeSecret(Buffer.from(key))])),
    'dh with no group': () => crypto.getDiffieHellman('modp99'),
    ...Object.fromEntries(['prime256v1', 'secp256k1', 'secp384r1', 'secp521r1'].map((name) => [`ecdh ${name}`, () => {
      const [a, b] = [withKeys(ecdh(name)), withKeys(ecdh(name))];
      const forms = [undefined, 'compressed', 'hybrid'].map((form) => b.getPublicKey(null, form));
      return [forms.map((form) => form.length), forms.every((form) => a.computeSecret(form).equals(b.computeSecret(a.getPublicKey())))];
    }])),
    'ecdh with a given secret': () => [undefined, 'compressed', 'hybrid'].map((form) => known().getPublicKey('hex', form)),
    'ecdh with a short secret': () => { const party = ecdh(); party.setPrivateKey(Buffer.from([5])); return [party.getPrivateKey(), party.getPublicKey(null, 'compressed')]; },
    'ecdh with a secret of 0': () => ecdh().setPrivateKey(Buffer.alloc(32)),
    'ecdh with a secret too big': () => ecdh().setPrivateKey(Buffer.alloc(32, 255)),
    'ecdh with no curve': () => ecdh('foo'),
    'ecdh, no keys': () => ecdh().getPublicKey(),
    'ecdh, no secret': () => ecdh().getPrivateKey(),
    'ecdh, no keys to compute with': () => ecdh().computeSecret(Buffer.alloc(33)),
    'ecdh with a public key that is none': () => known().computeSecret(Buffer.alloc(65, 4)),
    'ecdh, setting what is none': () => known().setPublicKey(Buffer.alloc(5)),
    'ecdh, a public key alone': () => { const party = ecdh(); party.setPublicKey(known().getPublicKey()); return party.computeSecret(known().getPublicKey()); },
    'ecdh, keys that are no pair': () => { const party = withKeys(ecdh()); party.setPublicKey(known().getPublicKey()); party.computeSecret(known().getPublicKey()); },
    'ecdh, a form that is none': () => known().getPublicKey('hex', 'foo'),
    'convert': () => crypto.ECDH.convertKey(known().getPublicKey(), 'secp256k1', undefined, 'hex', 'compressed'),
    'convert what is none': () => crypto.ECDH.convertKey(Buffer.alloc(5), 'secp256k1'),
    'convert for no curve': () => crypto.ECDH.convertKey(known().getPublicKey(), 'foo'),
    ...Object.fromEntries(['P-256', 'P-384', 'P-521', 'secp256k1', 'x25519', 'x448', 'dh'].map((name) => [`key objects ${name}`, () => crypto.diffieHellman({ privateKey: secret(name), publicKey: open(name) })])),
    'key objects of two curves': () => crypto.diffieHellman({ privateKey: secret('P-256'), publicKey: open('P-384') }),
    'key objects of two kinds': () => crypto.diffieHellman({ privateKey: secret('P-256'), publicKey: open('x25519') }),
    'key objects of rsa': () => crypto.diffieHellman({ privateKey: secret('rsa'), publicKey: open('rsa') }),
    'a point of small order': () => crypto.diffieHellman({ privateKey: secret('x25519'), publicKey: crypto.createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: Buffer.alloc(32).toString('base64url') }, format: 'jwk' }) }),
    'primes': () => [8, 64, 512].map((bits) => { const found = crypto.generatePrimeSync(bits); return [found.byteLength, crypto.checkPrimeSync(found)]; }),
    'a safe prime': () => { const found = crypto.generatePrimeSync(96, { safe: true, bigint: true }); return [crypto.checkPrimeSync(found), crypto.checkPrimeSync((found - 1n) / 2n)]; },
    'primes of a shape': () => [crypto.generatePrimeSync(32, { add: 12n, bigint: true }) % 12n, crypto.generatePrimeSync(32, { add: 12n, rem: 11n, bigint: true }) % 12n],
    'small safe primes': () => [crypto.generatePrimeSync(3, { safe: true, bigint: true }), crypto.generatePrimeSync(6, { safe: true, bigint: true })],
    'a prime of 1 bit': () => crypto.generatePrimeSync(1),
    'a safe prime of 5 bits': () => crypto.generatePrimeSync(5, { safe: true }),
    'a prime with too big a step': () => crypto.generatePrimeSync(3, { add: 100n }),
    'a prime with too big a remainder': () => crypto.generatePrimeSync(32, { add: 10n, rem: 11n }),
    'check': () => [0n, 1n, 2n, 3n, 4n, 65537n, 65539n * 65537n, 2n ** 127n - 1n, 561n].map((value) => crypto.checkPrimeSync(value)),
    'check later': () => new Promise((resolve, reject) => crypto.checkPrime(prime, { checks: 2 }, (error, result) => (error ? reject(error) : resolve(result)))),
  };
};
