import { setTimeout as wait } from 'node:timers/promises'
import type { IssuedToken } from '#server/simulator/create-identity-issuer'
import { type Exchange, headerOf, readText, sendJson } from '#server/simulator/exchange'
import type { SimulatorContext } from '#server/simulator/simulator-context'

const SYSTEM_IDENTITY = '00000000-0000-4000-8000-000000000001'

function refuse(exchange: Exchange, status: number, error: string, description: string): void {
  sendJson(exchange, {
    status,
    body: { error, error_description: `[simulated] ${description}`, message: description },
  })
}

/** Waits and fails as configured; true = the exchange is over. */
async function obstructed(context: SimulatorContext, exchange: Exchange): Promise<boolean> {
  const { delayMs } = context.identity.report()
  if (delayMs > 0) await wait(delayMs, undefined, { signal: exchange.signal })
  if (!context.identity.takeFailure()) return false
  refuse(exchange, 500, 'server_error', 'The identity service failed, as scripted.')
  return true
}

interface ManagedRequest {
  endpoint: string
  /** Header that must be present, lower case. */
  header: string
}

function requestedIdentity({ url }: Exchange): { resource: string | null; clientId: string } {
  const clientId =
    url.searchParams.get('client_id') ?? url.searchParams.get('principal_id') ?? SYSTEM_IDENTITY
  return { resource: url.searchParams.get('resource'), clientId }
}

async function issueManaged(
  context: SimulatorContext,
  exchange: Exchange,
  { endpoint, header }: ManagedRequest,
): Promise<{ token: IssuedToken; resource: string; clientId: string } | null> {
  if (await obstructed(context, exchange)) return null
  if (!headerOf(exchange, header)) {
    refuse(exchange, 400, 'invalid_request', `The header ${header} is required.`)
    return null
  }
  const { resource, clientId } = requestedIdentity(exchange)
  if (resource === null || !exchange.url.searchParams.has('api-version')) {
    refuse(exchange, 400, 'invalid_request', 'The parameters resource and api-version are required.')
    return null
  }
  return {
    token: context.identity.issue({ endpoint, audience: resource, subject: clientId }),
    resource,
    clientId,
  }
}

/** App Service and Container Apps: `GET /msi/token` with `X-IDENTITY-HEADER`. */
export async function issueAppServiceToken(context: SimulatorContext, exchange: Exchange): Promise<void> {
  const issued = await issueManaged(context, exchange, {
    endpoint: 'app_service',
    header: 'x-identity-header',
  })
  if (issued === null) return
  const { token, resource, clientId } = issued
  const body = {
    access_token: token.accessToken,
    expires_on: String(token.expiresOn),
    not_before: String(token.notBefore),
    resource,
    token_type: 'Bearer',
    client_id: clientId,
  }
  sendJson(exchange, { status: 200, body })
}

/** Virtual machines: `GET /metadata/identity/oauth2/token` with `Metadata: true`. */
export async function issueImdsToken(context: SimulatorContext, exchange: Exchange): Promise<void> {
  const issued = await issueManaged(context, exchange, { endpoint: 'imds', header: 'metadata' })
  if (issued === null) return
  const { token, resource, clientId } = issued
  const body = {
    access_token: token.accessToken,
    client_id: clientId,
    expires_in: String(token.expiresInSeconds),
    expires_on: String(token.expiresOn),
    ext_expires_in: String(token.expiresInSeconds),
    not_before: String(token.notBefore),
    resource,
    token_type: 'Bearer',
  }
  sendJson(exchange, { status: 200, body })
}

/** Entra ID: `POST /{tenant}/oauth2/v2.0/token`, client credentials with a secret or an assertion. */
export async function issueEntraToken(context: SimulatorContext, exchange: Exchange): Promise<void> {
  const form = new URLSearchParams(await readText(exchange))
  if (await obstructed(context, exchange)) return
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(exchange, 400, 'unsupported_grant_type', 'Only client_credentials is supported.')
  }
  const clientId = form.get('client_id')
  if (!clientId || !(form.get('client_secret') || form.get('client_assertion'))) {
    return refuse(exchange, 401, 'invalid_client', 'A client and its secret or assertion are required.')
  }
  const audience = (form.get('scope') ?? '').split(' ').find((scope) => scope.endsWith('/.default'))
  if (audience === undefined)
    return refuse(exchange, 400, 'invalid_scope', 'The scope has to end in /.default.')
  const token = context.identity.issue({
    endpoint: 'entra',
    audience: audience.replace(/\/\.default$/, ''),
    subject: clientId,
  })
  const body = {
    token_type: 'Bearer',
    expires_in: token.expiresInSeconds,
    ext_expires_in: token.expiresInSeconds,
    access_token: token.accessToken,
  }
  sendJson(exchange, { status: 200, body })
}
