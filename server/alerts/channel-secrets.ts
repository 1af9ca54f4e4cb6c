import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const mark = 'v1'

function keyFrom(authSecret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', authSecret, '', 'huntaze alert channels', 32))
}

/** A channel's secret as it may lie in a row: AES-256-GCM under a key derived from AUTH_SECRET. */
export function sealSecret(secret: string, authSecret: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(algorithm, keyFrom(authSecret), nonce)
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return [mark, ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.')
}

/** Null when it was sealed under another AUTH_SECRET, or is no sealed secret. */
export function openSecret(sealed: string, authSecret: string): string | null {
  const [version, ...parts] = sealed.split('.')
  const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'))
  if (version !== mark || !nonce || !tag || !text) return null
  try {
    const decipher = createDecipheriv(algorithm, keyFrom(authSecret), nonce)
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
