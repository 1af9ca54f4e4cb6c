import { isAzure, type Surface } from '#server/simulator/surface'
import type { WireErrorParts } from '#server/simulator/wire-error'

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  410: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

function openAiType(status: number): string {
  if (status === 429) return 'tokens'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** The body of an error answer in the dialect of the surface. */
export function renderError(surface: Surface, parts: WireErrorParts, requestId: string): unknown {
  const { status, code, message, type, param, innerError, rawBody } = parts
  if (rawBody !== undefined) return rawBody
  if (surface === 'anthropic') {
    return {
      type: 'error',
      error: { type: ANTHROPIC_TYPES[status] ?? 'api_error', message },
      request_id: requestId,
    }
  }
  if (!isAzure(surface)) {
    return { error: { message, type: type ?? openAiType(status), param: param ?? null, code } }
  }
  const azure: Record<string, unknown> = { code: code ?? String(status), message }
  if (type !== undefined) azure.type = type
  if (param !== undefined) azure.param = param
  if (innerError !== undefined) {
    azure.status = status
    azure.innererror = innerError
  }
  return { error: azure }
}
