import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Env } from '#server/config/env'
import { localSecret } from '#server/config/local-secret'

/** Ed25519 keys that sign the audit log: the present one signs, all of them verify. */
export interface SigningKeys {
  /** First 16 hex digits of the SHA-256 of the present public key. */
  keyId: string
  /** Signature of a text in UTF-8, in hex. */
  sign(text: string): string
  /** Whether the key of that id, which must be one of these, made the signature. */
  isSigned(text: string, by: { keyId: string; signature: string }): boolean
  /** Public keys by id, as SPKI in base64. */
  publicKeys: Readonly<Record<string, string>>
}

/** The keys of the environment, else the one in the data directory. */
export function readSigningKeys(env: Pick<Env, 'HUNTAZE_SIGNING_KEY' | 'HUNTAZE_DATA_DIR'>): SigningKeys {
  return createSigningKeys(env.HUNTAZE_SIGNING_KEY ?? [localSecret(env.HUNTAZE_DATA_DIR, 'signing-key')])
}

/** PKCS #8 around the 32 bytes of an Ed25519 key (RFC 8410 §7). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** `seeds`: 32 bytes in base64 each, the present one first. @throws Error when there is none. */
export function createSigningKeys(seeds: readonly string[]): SigningKeys {
  const pairs = seeds.map((seed) => {
    const key = Buffer.concat([pkcs8, Buffer.from(seed, 'base64')])
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    const publicKey = createPublicKey(privateKey)
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    return { privateKey, publicKey, spki, keyId: keyIdOf(spki) }
  })
  const [present] = pairs
  if (present === undefined) throw new Error('the audit log needs a signing key')
  const known = new Map(pairs.map(({ keyId, publicKey }) => [keyId, publicKey]))
  return {
    keyId: present.keyId,
    sign: (text) => sign(null, Buffer.from(text), present.privateKey).toString('hex'),
    isSigned: (text, { keyId, signature }) => isSignedBy(known.get(keyId), text, signature),
    publicKeys: Object.fromEntries(pairs.map(({ keyId, spki }) => [keyId, spki.toString('base64')])),
  }
}

/** Verifies only, by public keys as `SigningKeys.publicKeys` gives them. @throws Error when one is no key. */
export function createVerifyingKeys(publicKeys: readonly string[]): Pick<SigningKeys, 'isSigned'> {
  const known = new Map(
    publicKeys.map((text) => {
      const spki = Buffer.from(text, 'base64')
      return [keyIdOf(spki), createPublicKey({ key: spki, format: 'der', type: 'spki' })]
    }),
  )
  return {
    isSigned: (text, { keyId, signature }) => isSignedBy(known.get(keyId), text, signature),
  }
}

function isSignedBy(key: KeyObject | undefined, text: string, signature: string): boolean {
  return key !== undefined && verify(null, Buffer.from(text), key, Buffer.from(signature, 'hex'))
}

function keyIdOf(spki: Buffer): string {
  return createHash('sha256').update(spki).digest('hex').slice(0, 16)
}
