import type { IncomingMessage } from 'node:http'
import { getContainer } from '#server/container'
import { problemResponse, toAppError } from '#server/http/error-response'
import { isLocalRequest } from '#server/http/is-local-request'
import { newRequestId } from '#server/http/request-id'

/**
 * `GET /metrics`, for Prometheus: open to programs on this machine, to others with a key or a session that may read the
 * console (`viewer`). It says how much money is spent and which models are asked, so it is not for everybody.
 */
export async function metrics(
  request: Request,
  _params: Readonly<Record<string, string>>,
  incoming: IncomingMessage,
): Promise<Response> {
  const requestId = newRequestId()
  const container = await getContainer()
  try {
    if (!isLocalRequest(incoming)) await container.access.requireRole(request, 'viewer')
    const headers = {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': requestId,
    }
    return new Response(await container.telemetry.scrape(), { headers })
  } catch (thrown) {
    const error = toAppError(thrown)
    container.log.forError(error, { requestId, path: '/metrics' })
    return problemResponse(error, requestId)
  }
}
