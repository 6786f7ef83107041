/** Errors of crypto as Node and OpenSSL 3 name them. */

type Kind = 'Error' | 'TypeError' | 'RangeError';
const KINDS = { Error, TypeError, RangeError } as const;

/** What Node's C++ throws by name (node_errors.h). */
const NODE_ERRORS = {
  ERR_CRYPTO_UNKNOWN_CIPHER: ['Error', 'Unknown cipher'],
  ERR_CRYPTO_INVALID_KEYLEN: ['RangeError', 'Invalid key length'],
  ERR_CRYPTO_INVALID_IV: ['TypeError', 'Invalid initialization vector'],
  ERR_CRYPTO_INVALID_AUTH_TAG: ['TypeError', 'Invalid authentication tag'],
  ERR_CRYPTO_INVALID_STATE: ['Error', 'Invalid state'],
  ERR_CRYPTO_INVALID_MESSAGELEN: ['RangeError', 'Invalid message length'],
  ERR_CRYPTO_INVALID_DIGEST: ['TypeError', 'Invalid digest'],
  ERR_CRYPTO_INVALID_CURVE: ['TypeError', 'Invalid EC curve name'],
  ERR_CRYPTO_INVALID_KEYTYPE: ['RangeError', 'Invalid key type'],
  ERR_CRYPTO_INVALID_KEYPAIR: ['RangeError', 'Invalid key pair'],
  ERR_CRYPTO_INVALID_JWK: ['TypeError', 'Invalid JWK data'],
  ERR_CRYPTO_INVALID_SCRYPT_PARAMS: ['RangeError', 'Invalid scrypt params'],
  ERR_CRYPTO_INITIALIZATION_FAILED: ['Error', 'Initialization failed'],
  ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS: ['Error', 'The selected key encoding is incompatible with the key type'],
  ERR_CRYPTO_JWK_UNSUPPORTED_CURVE: ['Error', 'Unsupported JWK EC curve'],
  ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE: ['Error', 'Unsupported JWK Key Type.'],
  ERR_CRYPTO_OPERATION_FAILED: ['Error', 'Operation failed'],
  ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH: ['RangeError', 'Input buffers must have the same byte length'],
  ERR_CRYPTO_UNKNOWN_DH_GROUP: ['Error', 'Unknown DH group'],
  ERR_CRYPTO_UNSUPPORTED_OPERATION: ['Error', 'Unsupported crypto operation'],
  ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: ['Error', 'This feature is not available in the container'],
  ERR_INVALID_ARG_TYPE: ['TypeError', 'Invalid argument type'],
  ERR_INVALID_ARG_VALUE: ['TypeError', 'Invalid argument value'],
  ERR_MISSING_ARGS: ['TypeError', 'Missing argument'],
  ERR_MISSING_PASSPHRASE: ['TypeError', 'Passphrase required for encrypted key'],
  ERR_OUT_OF_RANGE: ['RangeError', 'Value is out of range'],
} as const satisfies Record<string, readonly [Kind, string]>;

export type NodeErrorCode = keyof typeof NODE_ERRORS;

export function nodeError(code: NodeErrorCode, message: string = NODE_ERRORS[code][1]): Error {
  return Object.assign(new KINDS[NODE_ERRORS[code][0]](message), { code });
}

/**
 * An error of OpenSSL's, as Node decorates it (crypto_util.cc, Decorate).
 * @param packed OpenSSL's number of library and reason, in hexadecimal
 */
export function openSslError(packed: string, library: string, reason: string): Error {
  const code = `ERR_OSSL_${prefix(library)}${reason.replaceAll(/[^a-z0-9]+/gi, '_').toUpperCase()}`;
  return Object.assign(new Error(`error:${packed}:${library}::${reason}`), { library, reason, code });
}

/** Libraries whose name is part of the code (the list in Decorate); of the others the code has the reason alone. */
const PREFIXES: Readonly<Record<string, string>> = {
  'bignum routines': 'BN_', 'rsa routines': 'RSA_', 'Diffie-Hellman routines': 'DH_', 'digital envelope routines': 'EVP_', 'PEM routines': 'PEM_',
  'dsa routines': 'DSA_', 'asn1 encoding routines': 'ASN1_', 'elliptic curve routines': 'EC_', 'x509 certificate routines': 'X509_', 'common libcrypto routines': 'CRYPTO_',
};

function prefix(library: string): string {
  return PREFIXES[library] ?? '';
}

/** What is left out says so. */
export function unsupported(what: string): Error {
  return nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `crypto: ${what} is not supported in the container.`);
}
