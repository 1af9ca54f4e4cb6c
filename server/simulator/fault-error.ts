import { FILTERED_RESULTS } from '#server/simulator/content-filter'
import type { ScriptedFault } from '#server/simulator/create-fault-book'
import { isAzure } from '#server/simulator/surface'
import type { Target } from '#server/simulator/target-names'
import type { WireErrorParts } from '#server/simulator/wire-error'

const DEFAULT_RETRY_AFTER_MS = 1_000

/** `retry-after-ms` and, rounded up to whole seconds, `retry-after`. */
export function retryAfterHeaders(retryAfterMs: number): Record<string, string> {
  return {
    'retry-after-ms': String(Math.ceil(retryAfterMs)),
    'retry-after': String(Math.ceil(retryAfterMs / 1000)),
  }
}

function rateLimited(fault: ScriptedFault, azure: boolean): WireErrorParts {
  const retryAfterMs = fault.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS
  const full = fault.kind === 'ptu_full'
  const headers: Record<string, string> =
    fault.kind === 'rate_limited_bare' ? {} : retryAfterHeaders(retryAfterMs)
  if (full) headers['azure-openai-deployment-utilization'] = '104.2%'
  else if (fault.kind === 'rate_limited' && azure) headers['x-ratelimit-remaining-tokens'] = '0'
  return {
    status: 429,
    code: azure ? '429' : 'rate_limit_exceeded',
    message: full
      ? '[simulated] The provisioned capacity of this deployment is fully used. Retry after the time in the headers.'
      : '[simulated] The rate limit of this deployment was exceeded. Retry later.',
    headers,
  }
}

function contentFilter(azure: boolean): WireErrorParts {
  const message = "[simulated] The prompt was refused by the provider's content management policy."
  if (!azure) return { status: 400, code: 'content_policy_violation', message, param: null }
  return {
    status: 400,
    code: 'content_filter',
    message,
    type: null,
    param: 'prompt',
    innerError: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: { ...FILTERED_RESULTS, jailbreak: { filtered: false, detected: false } },
    },
  }
}

const simple = (status: number, code: string | null, message: string): WireErrorParts => ({
  status,
  code,
  message: `[simulated] ${message}`,
})

/** The error answer a fault stands for; null when the fault is not a plain error answer. */
export function faultError(fault: ScriptedFault, { deployment, surface }: Target): WireErrorParts | null {
  const azure = isAzure(surface)
  switch (fault.kind) {
    case 'rate_limited':
    case 'rate_limited_bare':
    case 'ptu_full':
      return rateLimited(fault, azure)
    case 'server_error':
      return simple(
        fault.status ?? 503,
        azure ? null : 'server_error',
        'The service failed to answer this request.',
      )
    case 'content_filter':
      return contentFilter(azure)
    case 'context_length':
      return {
        ...simple(400, 'context_length_exceeded', "The prompt is longer than the model's context."),
        type: 'invalid_request_error',
        param: 'messages',
      }
    case 'unauthorized':
      return simple(401, azure ? '401' : 'invalid_api_key', 'The key or token was refused.')
    case 'forbidden':
      return simple(
        403,
        azure ? 'PermissionDenied' : 'permission_denied',
        'The principal may not use this deployment.',
      )
    case 'not_found':
      return simple(404, azure ? 'DeploymentNotFound' : 'model_not_found', `There is no ${deployment} here.`)
    case 'bare_not_found':
      return {
        ...simple(404, null, 'Resource not found'),
        rawBody: { statusCode: 404, message: 'Resource not found' },
      }
    case 'retired': {
      const status = surface === 'anthropic' ? 404 : 410
      return simple(
        status,
        azure ? 'ModelRetired' : 'model_retired',
        `The model behind ${deployment} is retired.`,
      )
    }
    default:
      return null
  }
}
