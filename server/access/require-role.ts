import { readKeyHeaders } from '#lib/access/read-key-headers'
import { roleIncludes } from '#lib/access/role-includes'
import { isOwnOrigin } from '#lib/access/same-origin'
import type { Role } from '#lib/contracts/access'
import type { SessionUser } from '#server/access/create-auth'
import type { KeyAuthenticator } from '#server/access/key-authenticator'
import type { Actor } from '#server/access/principal'
import { requireScope } from '#server/access/require-scope'
import { AppError } from '#server/http/app-error'

export interface RequireRoleParts {
  authenticator: KeyAuthenticator
  readSession(headers: Headers): Promise<SessionUser | null>
  /** Origins of the console. */
  origins(): readonly string[]
}

/**
 * Who acts, if they may: the holder of an API key with the scope `admin`, or the signed-in user, whose role and state
 * are read anew for every request. A key in the headers is never ignored in favour of a cookie.
 *
 * @throws AppError an API key's errors, `missing_scope`, `not_signed_in`, `foreign_origin`, `missing_role`.
 */
export async function requireRole(parts: RequireRoleParts, request: Request, needed: Role): Promise<Actor> {
  const authorization = request.headers.get('authorization')
  const apiKey = request.headers.get('api-key')
  const hasCookie = request.headers.has('cookie')
  const { kind } = readKeyHeaders(authorization, apiKey)
  if (kind === 'key' || (kind === 'malformed' && !hasCookie)) {
    const principal = parts.authenticator.authenticate(authorization, apiKey)
    requireScope(principal, 'admin')
    const name = parts.authenticator.nameOf(principal.keyId)
    return { id: principal.keyId, name, email: null, role: 'admin', via: 'api_key' }
  }
  const user = hasCookie ? await parts.readSession(request.headers) : null
  if (!user || user.disabled) throw notSignedIn(needed)
  requireOwnOrigin(request, parts.origins())
  if (!roleIncludes(user.role, needed)) {
    throw new AppError('missing_role', {
      message: `This needs the role ${needed}; yours is ${user.role}. An admin can change it under Access.`,
    })
  }
  return { id: user.id, name: user.name, email: user.email, role: user.role, via: 'session' }
}

function notSignedIn(needed: Role): AppError {
  return new AppError('not_signed_in', {
    message: `Sign in to the console with the role ${needed}, or send an API key with the scope "admin".`,
  })
}

function requireOwnOrigin(request: Request, origins: readonly string[]): void {
  const origin = request.headers.get('origin')
  const fetchSite = request.headers.get('sec-fetch-site')
  if (isOwnOrigin({ method: request.method, origin, fetchSite }, origins)) return
  throw new AppError('foreign_origin', {
    message:
      'A session may change things from the console itself only. If this is its address, set PUBLIC_URL to it.',
  })
}
