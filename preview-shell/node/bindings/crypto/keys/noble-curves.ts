/** The curves of noble, in a module of their own that is evaluated when the first key needs one: see curves.ts. */
export { ed25519, x25519 } from '@noble/curves/ed25519.js';
export { ed448, x448 } from '@noble/curves/ed448.js';
export { p256, p384, p521 } from '@noble/curves/nist.js';
export { secp256k1 } from '@noble/curves/secp256k1.js';
