import { uploadQuery } from '#lib/contracts/training'
import { defineRoute } from '#server/http/define-route'
import { readTextBody } from '#server/http/read-text-body'
import { uploadExamples } from '#server/models/training-examples'

export const POST = defineRoute({
  role: 'operator',
  audits: 'training.add_examples',
  query: uploadQuery,
  async handle({ container, actor, query, request, requestId }) {
    const text = await readTextBody(request, {
      limitBytes: container.bodyLimitBytes,
      types: /^(application\/(jsonl|x-ndjson)|text\/plain)\b/i,
      wanted: 'application/jsonl',
    })
    return uploadExamples(container.models.parts, {
      text,
      actorId: actor.id,
      reason: query.reason,
      requestId,
    })
  },
})
