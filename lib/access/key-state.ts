/** The two ends an API key can have, in milliseconds since 1970. */
export interface KeyLifetime {
  expiresAtMs: number | null
  revokedAtMs: number | null
}

/** Revoked beats expired; a key is expired from `expiresAtMs` on, that millisecond included. */
export function keyState(lifetime: KeyLifetime, nowMs: number): 'active' | 'expired' | 'revoked' {
  if (lifetime.revokedAtMs !== null) return 'revoked'
  return lifetime.expiresAtMs !== null && nowMs >= lifetime.expiresAtMs ? 'expired' : 'active'
}
