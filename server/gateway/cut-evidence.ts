import type { FailureEvidence } from '#lib/gateway/failure'
import type { GatewayRun } from '#server/gateway/gateway-run'
import { ProviderError } from '#server/gateway/providers/provider'
import { toAppError } from '#server/http/error-response'

/** Why reading a stream broke off. What is not a provider's failure is ours: it is logged, and the stream is cut all the same. */
export function cutEvidence(run: GatewayRun, thrown: unknown): FailureEvidence {
  if (ProviderError.is(thrown)) return thrown.evidence
  const { requestId, correlationId } = run.context
  run.parts.log.forError(toAppError(thrown), { requestId, correlationId })
  return { kind: 'cut_stream', message: 'something failed in the gateway' }
}
