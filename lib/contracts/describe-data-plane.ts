import { z } from 'zod'
import { errorCatalogue } from '#lib/contracts/error-catalogue'
import { feedbackBody, recordedFeedback } from '#lib/contracts/feedback'
import { chatRequestBody, embeddingsRequestBody } from '#lib/contracts/openai'
import { consentBody, examplesBody } from '#lib/contracts/training'
import { usageTotals } from '#lib/contracts/usage'

interface Described {
  version: string
  /** Address of `/api/v1`. */
  serverUrl: string
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: 'string', enum: Object.keys(errorCatalogue) },
      },
    },
  },
}

const json = (schema: unknown) => ({ 'application/json': { schema } })
const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
const failures = {
  default: {
    description: 'An error of the catalogue',
    content: json({ $ref: '#/components/schemas/Error' }),
  },
}
const object = { type: 'object', additionalProperties: true }
const deploymentParameter = {
  name: 'deployment',
  in: 'path',
  required: true,
  schema: { type: 'string' },
  description: 'A tier or a deployment alias; wins over `model` in the body.',
}
const versionParameter = { name: 'api-version', in: 'query', required: false, schema: { type: 'string' } }

const header = (name: string, description: string, values?: readonly string[]) => ({
  name,
  in: 'header',
  required: false,
  schema: values ? { type: 'string', enum: values } : { type: 'string' },
  description,
})
const tagHeaders = [
  header('x-correlation-id', 'Carried through logs, ledger and spans; the request id without it.'),
  header('x-huntaze-operation', 'What the call is for; `metadata.operation` does the same.'),
  header('x-huntaze-creator-id', 'Whose cost it is; `metadata.creatorId` does the same.'),
  header('x-huntaze-fan-id', 'Whom it is about; `metadata.fanId` does the same.'),
]
const routeHeaders = [
  header(
    'x-huntaze-session',
    'Calls of one session stay at one deployment of a balanced step while it can be asked.',
  ),
  header('x-huntaze-region', 'Region to be served in.'),
  header('x-huntaze-region-mode', '`require` is never left, not even on fail-over; default `prefer`.', [
    'prefer',
    'require',
  ]),
]
const streamHeader = header(
  'x-huntaze-stream',
  '`complete` holds a stream until it is whole, so that a cut one is asked for again elsewhere.',
  ['progressive', 'complete'],
)

function chat(operationId: string, parameters: readonly unknown[]) {
  return {
    operationId,
    summary: 'Chat, streamed or not; `model` is a tier, a deployment alias or a catalog id',
    parameters: [...parameters, streamHeader, ...routeHeaders, ...tagHeaders],
    requestBody: { required: true, content: json({ $ref: '#/components/schemas/ChatRequest' }) },
    responses: {
      200: {
        description: "The provider's answer in OpenAI's dialect; with `stream` as server-sent events",
        content: { ...json(object), 'text/event-stream': { schema: { type: 'string' } } },
      },
      ...failures,
    },
  }
}

function embed(operationId: string, parameters: readonly unknown[]) {
  return {
    operationId,
    summary: 'Embeddings',
    parameters: [...parameters, ...routeHeaders, ...tagHeaders],
    requestBody: { required: true, content: json({ $ref: '#/components/schemas/EmbeddingsRequest' }) },
    responses: { 200: { description: 'Embeddings', content: json(object) }, ...failures },
  }
}

function handIn(operationId: string, summary: string, schema: string) {
  return {
    operationId,
    summary,
    requestBody: { required: true, content: json({ $ref: `#/components/schemas/${schema}` }) },
    responses: { 200: { description: 'What followed', content: json(object) }, ...failures },
  }
}

/** The data plane as OpenAPI 3.1, with its schemas made from the contracts. Source: https://spec.openapis.org/oas/v3.1.1 */
export function describeDataPlane({ version, serverUrl }: Described) {
  const range = ['from', 'to'].map((name) => ({
    name,
    in: 'query',
    required: false,
    schema: { type: 'string' },
    description: `ISO 8601 instant or UTC day${name === 'to' ? ', exclusive' : ''}`,
  }))
  return {
    openapi: '3.1.0',
    info: { title: 'Huntaze AI data plane', version },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }, { azureKey: [] }],
    paths: {
      '/chat/completions': { post: chat('createChatCompletion', []) },
      '/embeddings': { post: embed('createEmbeddings', []) },
      '/openai/deployments/{deployment}/chat/completions': {
        post: chat('createAzureChatCompletion', [deploymentParameter, versionParameter]),
      },
      '/openai/deployments/{deployment}/embeddings': {
        post: embed('createAzureEmbeddings', [deploymentParameter, versionParameter]),
      },
      '/models': {
        get: {
          operationId: 'listModels',
          summary: 'Tiers and deployment aliases',
          responses: { 200: { description: "OpenAI's list", content: json(object) }, ...failures },
        },
      },
      '/training/consents': {
        post: handIn(
          'setTrainingConsent',
          'What a creator, or a fan, said about training on their words',
          'TrainingConsent',
        ),
      },
      '/training/examples': {
        post: handIn(
          'addTrainingExamples',
          'Examples of one creator to train on; needs consent',
          'TrainingExamples',
        ),
      },
      '/usage': {
        get: {
          operationId: 'readUsage',
          summary: "The account's totals, this month when no time is given",
          parameters: range,
          responses: {
            200: { description: 'Totals', content: json({ $ref: '#/components/schemas/Usage' }) },
            ...failures,
          },
        },
      },
      '/feedback': {
        post: {
          operationId: 'recordFeedback',
          summary: 'What somebody thinks of an answer; the same rater replaces their own',
          requestBody: { required: true, content: json({ $ref: '#/components/schemas/FeedbackRequest' }) },
          responses: {
            200: {
              description: 'What is kept, the comment redacted',
              content: json({ $ref: '#/components/schemas/Feedback' }),
            },
            ...failures,
          },
        },
      },
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        azureKey: { type: 'apiKey', in: 'header', name: 'api-key' },
      },
      schemas: {
        ChatRequest: schemaOf(chatRequestBody),
        EmbeddingsRequest: schemaOf(embeddingsRequestBody),
        FeedbackRequest: schemaOf(feedbackBody),
        Feedback: schemaOf(recordedFeedback),
        TrainingConsent: schemaOf(consentBody),
        TrainingExamples: schemaOf(examplesBody),
        Usage: schemaOf(usageTotals),
        Error: errorSchema,
      },
    },
  }
}
