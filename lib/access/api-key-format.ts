/** Characters of a secret that are stored and shown, so that a person recognises the key. */
const shownLength = 12

/** Random bytes a secret is made of. */
export const apiKeyRandomBytes = 32

/** `htz_` and the bytes as base64url: 32 bytes make a secret of 256 bits and 47 characters. */
export function formatApiKey(randomBytes: Uint8Array): string {
  return `htz_${toBase64Url(randomBytes)}`
}

/** Bytes as base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The part of a secret that may be stored and shown. */
export function apiKeyPrefix(secret: string): string {
  return secret.slice(0, shownLength)
}
