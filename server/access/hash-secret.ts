import { hash } from 'node:crypto'

/** SHA-256 in hex. Enough for secrets of 128 random bits and more: there is nothing to guess. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}
