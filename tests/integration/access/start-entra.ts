import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Claims of the ID token that the stand-in hands out next. */
export type Claims = Record<string, unknown>

export interface EntraStandIn {
  /** The authority, for `EntraSettings.authority`. */
  url: string
  next(claims: Claims): void
  /** Paths that were called. */
  calls: string[]
  close(): Promise<void>
}

/** Entra ID's token endpoint, as far as the authorization code flow asks it. */
export async function startEntra(): Promise<EntraStandIn> {
  let claims: Claims = {}
  const calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(request.url ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        token_type: 'Bearer',
        expires_in: 3600,
        access_token: 'distinctive-entra-access-token',
        refresh_token: 'distinctive-entra-refresh-token',
        id_token: idToken(claims),
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next(next) {
      claims = next
    },
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** The code flow takes the token from the tenant's own endpoint and does not check its signature. */
function idToken(claims: Claims): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${part('distinctive-signature')}`
}
