import { type Exchange, headerOf } from '#server/simulator/exchange'
import { WireError } from '#server/simulator/wire-error'

/** Like Azure's, it takes bearer tokens over TLS and nothing else. */
export function admitManager(exchange: Exchange): void {
  if (!('encrypted' in exchange.request.socket)) {
    throw new WireError({
      status: 403,
      code: 'HttpsRequired',
      message: '[simulated] The resource manager answers over https only.',
    })
  }
  if (!/^Bearer\s+\S/i.test(headerOf(exchange, 'authorization') ?? '')) {
    throw new WireError({
      status: 401,
      code: 'AuthenticationFailed',
      message: "[simulated] Authentication failed. The 'Authorization' header is missing.",
    })
  }
  if (exchange.url.searchParams.get('api-version')) return
  throw new WireError({
    status: 400,
    code: 'MissingApiVersionParameter',
    message: '[simulated] The api-version query parameter (?api-version=) is required for all requests.',
  })
}

/** Headers of the resource manager's answers. */
export function managerHeaders({ id }: Exchange): Record<string, string> {
  return { 'x-simulated': 'true', 'x-ms-request-id': id }
}
