import { z } from 'zod'
import type { ModelProfile } from '#lib/simulator/infer-model-profile'
import { admit } from '#server/simulator/admit'
import { chargeLimits, estimateTokens } from '#server/simulator/charge-limits'
import { parameterPath } from '#server/simulator/chat-request'
import { type Exchange, readJsonObject } from '#server/simulator/exchange'
import { loadTokenizer, type Tokenizer } from '#server/simulator/load-tokenizer'
import { sendAnswer } from '#server/simulator/send-answer'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import type { Surface } from '#server/simulator/surface'
import { badRequest } from '#server/simulator/wire-error'

const MOST_INPUTS = 2_048
const tokens = z.array(z.int().nonnegative()).min(1)

const embeddingsRequestSchema = z.looseObject({
  input: z.union([
    z.string().min(1),
    tokens,
    z.array(z.string().min(1)).min(1).max(MOST_INPUTS),
    z.array(tokens).min(1).max(MOST_INPUTS),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().positive().nullish(),
})
type EmbeddingsRequest = z.infer<typeof embeddingsRequestSchema>

function parseEmbeddingsRequest(body: unknown): EmbeddingsRequest {
  const parsed = embeddingsRequestSchema.safeParse(body)
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues) {
    const parameter = parameterPath(path)
    throw badRequest(`Invalid value for '${parameter}': ${message}`, parameter, 'invalid_value')
  }
  throw parsed.error
}

function isTokenList(input: readonly (string | number | number[])[]): input is number[] {
  return typeof input[0] === 'number'
}

/** Each input as text and its number of tokens. */
function readInputs(
  { input }: EmbeddingsRequest,
  tokenizer: Tokenizer,
): { texts: string[]; counts: number[] } {
  const inputs = typeof input === 'string' ? [input] : isTokenList(input) ? [input] : input
  const texts = inputs.map((item) => (typeof item === 'string' ? item : tokenizer.decode(item)))
  const counts = inputs.map((item) =>
    typeof item === 'string' ? tokenizer.encode(item).length : item.length,
  )
  return { texts, counts }
}

function dimensionsOf({ dimensions }: EmbeddingsRequest, profile: ModelProfile): number {
  if (profile.kind !== 'embedding') {
    throw badRequest(
      `The embeddings operation does not work with the model ${profile.model}.`,
      null,
      'OperationNotSupported',
    )
  }
  if (typeof dimensions !== 'number') return profile.dimensions
  if (!profile.adjustableDimensions)
    throw badRequest(`${profile.model} does not support 'dimensions'.`, 'dimensions')
  if (dimensions > profile.dimensions) {
    throw badRequest(`${profile.model} has at most ${profile.dimensions} dimensions.`, 'dimensions')
  }
  return dimensions
}

const base64Of = (vector: Float32Array) =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')

/** Handles embeddings on one of OpenAI's dialects. Base64 is Float32, little-endian. */
export function embedInputs(surface: Surface) {
  return async (context: SimulatorContext, exchange: Exchange): Promise<void> => {
    const body = await readJsonObject(exchange)
    const admitted = await admit(context, exchange, { surface, operation: 'embeddings', body })
    if (admitted === null) return
    const { profile, fault } = admitted
    const request = parseEmbeddingsRequest(body)
    const dimensions = dimensionsOf(request, profile)
    const { texts, counts } = readInputs(request, await loadTokenizer(profile.encoding))
    const longest = Math.max(...counts)
    if (longest > profile.contextTokens) {
      throw badRequest(
        `The longest input has ${longest} tokens; ${profile.model} reads at most ${profile.contextTokens}.`,
        'input',
        'context_length_exceeded',
      )
    }
    const characters = texts.reduce((sum, text) => sum + text.length, 0)
    const headers = chargeLimits(context, exchange, {
      admitted,
      estimatedTokens: estimateTokens(characters, 0),
    })
    const vectors = await context.embed(texts, dimensions)
    const asBase64 = request.encoding_format === 'base64' && fault?.kind !== 'float_embeddings'
    const total = counts.reduce((sum, count) => sum + count, 0)
    const answer = {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: asBase64 ? base64Of(vector) : [...vector],
      })),
      model: profile.model,
      usage: { prompt_tokens: total, total_tokens: total },
    }
    return sendAnswer(exchange, { admitted, body: answer, tokens: 0, headers })
  }
}
