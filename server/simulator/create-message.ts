import { randomUUID } from 'node:crypto'
import { type Admitted, admit, filterAfterTokens } from '#server/simulator/admit'
import { chargeLimits, estimateTokens } from '#server/simulator/charge-limits'
import { encodePrompt } from '#server/simulator/encode-prompt'
import { type Exchange, readJsonObject } from '#server/simulator/exchange'
import { generateAnswer } from '#server/simulator/generate-answer'
import { loadTokenizer } from '#server/simulator/load-tokenizer'
import { type MessageAnswer, messageBody, messageFrames } from '#server/simulator/message-answer'
import { type MessageRequest, parseMessageRequest } from '#server/simulator/message-request'
import { outputRoom } from '#server/simulator/output-room'
import { promptCharacters } from '#server/simulator/read-chat-request'
import { briefOfMessage, promptOfMessage } from '#server/simulator/read-message-request'
import { sendAnswer } from '#server/simulator/send-answer'
import type { SimulatorContext } from '#server/simulator/simulator-context'
import { streamAnswer } from '#server/simulator/stream-answer'
import { targetKey } from '#server/simulator/target-names'

const SHORTEST_CACHED_PREFIX = 1_024

async function generate(
  context: SimulatorContext,
  admitted: Admitted,
  request: MessageRequest,
): Promise<MessageAnswer> {
  const { profile, target } = admitted
  const tokenizer = await loadTokenizer(profile.encoding)
  const { parts, cacheableParts } = promptOfMessage(request)
  const prompt = encodePrompt(tokenizer, parts)
  const prefix = encodePrompt(tokenizer, parts.slice(0, cacheableParts))
  const cacheable = prefix.length >= SHORTEST_CACHED_PREFIX ? prefix.length : 0
  const maxTokens = outputRoom(profile, {
    promptTokens: prompt.length,
    asked: request.max_tokens,
    param: 'max_tokens',
  })
  const job = {
    brief: briefOfMessage(request),
    choices: 1,
    seed: context.seed,
    stop: request.stop_sequences ?? [],
    maxTokens,
    learned: null,
    filterAfterTokens: filterAfterTokens(admitted),
  }
  const seen = cacheable > 0 && context.prefixes.visitExact(targetKey(target), prefix)
  for (const choice of generateAnswer(job, tokenizer)) {
    const usage = {
      inputTokens: prompt.length - cacheable,
      cacheReadTokens: seen ? cacheable : 0,
      cacheWriteTokens: seen ? 0 : cacheable,
      outputTokens: choice.tokens,
    }
    return { id: `msg_${randomUUID().replaceAll('-', '')}`, model: target.deployment, choice, usage }
  }
  throw new RangeError('a message needs a choice')
}

/** Handles Anthropic's `POST /v1/messages`. */
export async function createMessage(context: SimulatorContext, exchange: Exchange): Promise<void> {
  const body = await readJsonObject(exchange)
  const admitted = await admit(context, exchange, { surface: 'anthropic', operation: 'chat', body })
  if (admitted === null) return
  const request = parseMessageRequest(body)
  const characters = promptCharacters(promptOfMessage(request).parts)
  const estimatedTokens = estimateTokens(characters, request.max_tokens)
  const headers = chargeLimits(context, exchange, { admitted, estimatedTokens })
  const answer = await generate(context, admitted, request)
  if (request.stream) return streamAnswer(exchange, { admitted, frames: messageFrames(answer), headers })
  return sendAnswer(exchange, {
    admitted,
    body: messageBody(answer),
    tokens: answer.usage.outputTokens,
    headers,
  })
}
