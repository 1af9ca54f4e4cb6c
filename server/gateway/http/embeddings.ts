import { embeddingsRequestBody } from '#lib/contracts/openai'
import { answerEmbeddings } from '#server/gateway/answer-embeddings'
import { estimateEmbeddingUsage } from '#server/gateway/estimate-usage'
import { answerHeaders } from '#server/gateway/http/answer-headers'
import { withUrlModel } from '#server/gateway/http/chat-completions'
import { dataPlaneRoute } from '#server/gateway/http/data-plane-route'
import { startDataPlaneRun } from '#server/gateway/http/start-data-plane-run'
import { withRun } from '#server/gateway/run-failure'
import { parseWith } from '#server/http/parse-with'
import { readJsonBody } from '#server/http/read-json-body'

/** `POST /api/v1/embeddings` and Azure's `…/openai/deployments/{deployment}/embeddings`. */
export const embeddings = dataPlaneRoute('embeddings', async (call) => {
  const { value } = await readJsonBody(call.request, call.container.bodyLimitBytes)
  const body = parseWith(embeddingsRequestBody, withUrlModel(value, call.params.deployment))
  const run = await startDataPlaneRun(call, {
    route: { kind: 'embeddings', model: body.model, stream: false, maxOutputTokens: null, temperature: null },
    metadata: body.metadata,
    promptText: () => JSON.stringify(body.input),
    estimate: {
      kind: 'embeddings',
      promptUsage: (counter, { model }) => estimateEmbeddingUsage(counter, { body, model }),
      choices: 1,
    },
  })
  const answer = await withRun(run, () => answerEmbeddings(run, body))
  return new Response(answer.text, { headers: answerHeaders(run, answer.limits) })
})
