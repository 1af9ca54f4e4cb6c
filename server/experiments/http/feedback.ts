import { feedbackBody } from '#lib/contracts/feedback'
import { recordFeedback } from '#server/experiments/record-feedback'
import { dataPlaneRoute } from '#server/gateway/http/data-plane-route'
import { parseStored } from '#server/http/parse-stored'
import { readJsonBody } from '#server/http/read-json-body'

const bodyLimitBytes = 64 * 1024

/** `POST /api/v1/feedback`: what somebody thinks of an answer of the caller's account. */
export const feedback = dataPlaneRoute('feedback', async ({ container, principal, request, requestId }) => {
  const { value } = await readJsonBody(request, bodyLimitBytes)
  const body = parseStored(feedbackBody, value)
  const recorded = await recordFeedback(container, { accountId: principal.accountId, body })
  return Response.json(recorded, { headers: { 'x-request-id': requestId, 'cache-control': 'no-store' } })
})
