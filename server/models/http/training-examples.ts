import { examplesBody } from '#lib/contracts/training'
import { dataPlaneRoute } from '#server/gateway/http/data-plane-route'
import { parseStored } from '#server/http/parse-stored'
import { readJsonBody } from '#server/http/read-json-body'
import { addExamples } from '#server/models/training-examples'

/** `POST /api/v1/training/examples`: examples of one creator to train on. */
export const trainingExamples = dataPlaneRoute(
  'training',
  async ({ container, principal, request, requestId }) => {
    const body = parseStored(examplesBody, (await readJsonBody(request, container.bodyLimitBytes)).value)
    const { accountId, keyId } = principal
    const added = await addExamples(container.models.parts, { accountId, body, actorId: keyId, requestId })
    return Response.json(added, { headers: { 'x-request-id': requestId } })
  },
)
