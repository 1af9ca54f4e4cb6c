import { randomBytes } from 'node:crypto'

/** `<prefix>_` and 96 random bits in hex. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}
