/** Numbers that crypto.js shares with its binding, as Node v22 has them. */
export const CONSTANTS = {
  kKeyVariantAES_CTR_128: 0, kKeyVariantAES_CTR_192: 1, kKeyVariantAES_CTR_256: 2, kKeyVariantAES_CBC_128: 3, kKeyVariantAES_CBC_192: 4,
  kKeyVariantAES_CBC_256: 5, kKeyVariantAES_GCM_128: 6, kKeyVariantAES_GCM_192: 7, kKeyVariantAES_GCM_256: 8, kKeyVariantAES_KW_128: 9,
  kKeyVariantAES_KW_192: 10, kKeyVariantAES_KW_256: 11, kWebCryptoCipherEncrypt: 0, kWebCryptoCipherDecrypt: 1, OPENSSL_EC_NAMED_CURVE: 1,
  OPENSSL_EC_EXPLICIT_CURVE: 0, kWebCryptoKeyFormatRaw: 0, kWebCryptoKeyFormatPKCS8: 1, kWebCryptoKeyFormatSPKI: 2, kWebCryptoKeyFormatJWK: 3,
  EVP_PKEY_ED25519: 1087, EVP_PKEY_ED448: 1088, EVP_PKEY_X25519: 1034, EVP_PKEY_X448: 1035, kKeyEncodingPKCS1: 0, kKeyEncodingPKCS8: 1,
  kKeyEncodingSPKI: 2, kKeyEncodingSEC1: 3, kKeyFormatDER: 0, kKeyFormatPEM: 1, kKeyFormatJWK: 2, kKeyTypeSecret: 0, kKeyTypePublic: 1,
  kKeyTypePrivate: 2, kSigEncDER: 0, kSigEncP1363: 1, kKeyVariantRSA_SSA_PKCS1_v1_5: 0, kKeyVariantRSA_PSS: 1, kKeyVariantRSA_OAEP: 2,
  kSignJobModeSign: 0, kSignJobModeVerify: 1, RSA_PKCS1_PSS_PADDING: 6, kCryptoJobAsync: 0, kCryptoJobSync: 1,
  X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT: 1, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT: 32, X509_CHECK_FLAG_NO_WILDCARDS: 2,
  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS: 4, X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS: 8, X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS: 16,
} as const;
