import type { Scope } from '#lib/contracts/access'
import type { Principal } from '#server/access/principal'
import { AppError } from '#server/http/app-error'

/** @throws AppError `missing_scope`. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return
  const held = [...principal.scopes].join(', ')
  throw new AppError('missing_scope', {
    message: `The API key ${principal.keyId} has the scopes ${held || 'none'}; this needs "${scope}". A key’s scopes never change: have an admin make one with it (Access → API keys, or POST /api/admin/keys) and revoke this one.`,
  })
}
