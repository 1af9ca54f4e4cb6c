import { fnv1a } from '#lib/gateway/hash-unit'

/** 64 bits of a unit under a rollout, as hexadecimal text: what is kept of it where units are told apart. */
export function unitKey(rolloutId: string, unit: string): string {
  return hex(fnv1a(`${rolloutId} ${unit}`)) + hex(fnv1a(`${unit} ${rolloutId}`))
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}
