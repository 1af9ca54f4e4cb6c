import type { Exchange } from '#server/simulator/exchange'
import { sendJson } from '#server/simulator/exchange'
import type { SimulatorContext } from '#server/simulator/simulator-context'

function originOf({ request }: Exchange): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http'
  return `${scheme}://${request.headers.host ?? 'localhost'}`
}

/** Entra ID's discovery document of one tenant. */
export async function describeAuthority(_context: SimulatorContext, exchange: Exchange): Promise<void> {
  const authority = `${originOf(exchange)}/${exchange.params.tenant}`
  const body = {
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token', 'token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    tenant_region_scope: null,
  }
  sendJson(exchange, { status: 200, body })
}

/** Entra ID's instance discovery: this host is its own, only cloud. */
export async function describeInstances(_context: SimulatorContext, exchange: Exchange): Promise<void> {
  const origin = originOf(exchange)
  const { host } = new URL(origin)
  const asked = exchange.url.searchParams.get('authorization_endpoint')
  const tenant = asked === null ? 'common' : (new URL(asked).pathname.split('/')[1] ?? 'common')
  const body = {
    tenant_discovery_endpoint: `${origin}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  }
  sendJson(exchange, { status: 200, body })
}
