/** AES of noble, in a module of its own that is evaluated when the first cipher needs its tables: see aes.ts. */
export { cbc, ecb, unsafe } from '@noble/ciphers/aes.js';
