import { randomUUID } from 'node:crypto'
import { hashText } from '#lib/simulator/hash-text'
import { type Admitted, admit, filterAfterTokens } from '#server/simulator/admit'
import { chargeLimits, estimateTokens } from '#server/simulator/charge-limits'
import { type ChatRequest, parseChatRequest } from '#server/simulator/chat-request'
import { encodePrompt } from '#server/simulator/encode-prompt'
import { type Exchange, readJsonObject } from '#server/simulator/exchange'
import { type GeneratedChoice, generateAnswer } from '#server/simulator/generate-answer'
import { loadTokenizer } from '#server/simulator/load-tokenizer'
import { type ChatUsage, completionBody, completionFrames } from '#server/simulator/openai-answer'
import { outputRoom } from '#server/simulator/output-room'
import {
  briefOf,
  promptCharacters,
  promptPartsOf,
  requireSupported,
} from '#server/simulator/read-chat-request'
import { sendAnswer } from '#server/simulator/send-answer'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { streamAnswer } from '#server/simulator/stream-answer'
import { isAzure, type Surface } from '#server/simulator/surface'
import { targetKey } from '#server/simulator/target-names'

/** Azure's estimate for a request that does not limit its output. */
const USUAL_OUTPUT_TOKENS = 16
const REASONING_TOKENS = { none: 0, minimal: 0, low: 64, medium: 192, high: 640, xhigh: 1_280 } as const

function reasoningTokensOf(request: ChatRequest, userText: string): number {
  const base = REASONING_TOKENS[request.reasoning_effort ?? 'medium']
  return base === 0 ? 0 : base + (hashText(userText) % base)
}

interface Generated {
  choices: GeneratedChoice[]
  usage: ChatUsage
}

async function generate(
  context: SimulatorContext,
  admitted: Admitted,
  request: ChatRequest,
): Promise<Generated> {
  const { profile, target } = admitted
  const tokenizer = await loadTokenizer(profile.encoding)
  const prompt = encodePrompt(tokenizer, promptPartsOf(request))
  const param = typeof request.max_completion_tokens === 'number' ? 'max_completion_tokens' : 'max_tokens'
  const asked = request.max_completion_tokens ?? request.max_tokens ?? null
  const room = outputRoom(profile, { promptTokens: prompt.length, asked, param })
  const brief = briefOf(request)
  const choiceCount = request.n ?? 1
  const reasoning = profile.reasoning ? Math.min(reasoningTokensOf(request, brief.userText), room) : 0
  const stop = typeof request.stop === 'string' ? [request.stop] : (request.stop ?? [])
  const job = {
    brief,
    choices: choiceCount,
    seed: context.seed + (request.seed ?? 0),
    stop,
    maxTokens: room - reasoning,
    learned: context.training.recall(context.models.get(target.deployment) ?? '', brief.userText),
    filterAfterTokens: filterAfterTokens(admitted),
  }
  const choices = generateAnswer(job, tokenizer)
  const scope = `${targetKey(target)} ${request.prompt_cache_key ?? ''}`
  const usage = {
    promptTokens: prompt.length,
    cachedTokens: profile.promptCaching ? context.prefixes.visit(scope, prompt) : 0,
    reasoningTokens: reasoning * choiceCount,
    completionTokens: choices.reduce((sum, choice) => sum + choice.tokens, reasoning * choiceCount),
  }
  return { choices, usage }
}

/** Name of the tuned model behind the deployment; null for all others. */
function tunedModel(context: SimulatorContext, { target }: Admitted): string | null {
  const model = context.models.get(target.deployment)
  return model !== undefined && context.training.isTuned(model) ? model : null
}

/**
 * Handles a chat completion on one of OpenAI's dialects: `/openai/deployments/{deployment}/chat/completions`,
 * `/openai/v1/chat/completions`, `/v1/chat/completions`.
 */
export function completeChat(surface: Surface) {
  return async (context: SimulatorContext, exchange: Exchange): Promise<void> => {
    const body = await readJsonObject(exchange)
    const admitted = await admit(context, exchange, { surface, operation: 'chat', body })
    if (admitted === null) return
    const request = parseChatRequest(body)
    requireSupported(request, admitted.profile)
    const asked = request.max_completion_tokens ?? request.max_tokens ?? USUAL_OUTPUT_TOKENS
    const estimatedTokens = estimateTokens(promptCharacters(promptPartsOf(request)), asked * (request.n ?? 1))
    const headers = chargeLimits(context, exchange, { admitted, estimatedTokens })
    const { choices, usage } = await generate(context, admitted, request)
    const answer = {
      id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
      created: Math.floor(context.now() / 1000),
      model: tunedModel(context, admitted) ?? admitted.profile.model,
      azure: isAzure(surface),
      forcedTool: typeof request.tool_choice === 'object' && request.tool_choice !== null,
      choices,
      usage,
    }
    if (request.stream) {
      const frames = completionFrames(answer, {
        includeUsage: request.stream_options?.include_usage ?? false,
      })
      return streamAnswer(exchange, { admitted, frames, headers })
    }
    return sendAnswer(exchange, {
      admitted,
      body: completionBody(answer),
      tokens: usage.completionTokens,
      headers,
    })
  }
}
