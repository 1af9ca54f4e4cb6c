import { consentBody } from '#lib/contracts/training'
import { dataPlaneRoute } from '#server/gateway/http/data-plane-route'
import { parseStored } from '#server/http/parse-stored'
import { readJsonBody } from '#server/http/read-json-body'
import { setConsent } from '#server/models/training-consents'

/** `POST /api/v1/training/consents`: what a creator, or a fan, said about training on their words. */
export const trainingConsents = dataPlaneRoute(
  'training',
  async ({ container, principal, request, requestId }) => {
    const body = parseStored(consentBody, (await readJsonBody(request, container.bodyLimitBytes)).value)
    const { accountId, keyId } = principal
    const effect = await setConsent(container.models.parts, { accountId, body, actorId: keyId, requestId })
    return Response.json({ granted: body.granted, ...effect }, { headers: { 'x-request-id': requestId } })
  },
)
