import type { ChatRequestBody, EmbeddingsRequestBody } from '#lib/contracts/openai'
import { noUsage, type Usage } from '#lib/gateway/usage'
import { estimateVisionTokens } from '#lib/gateway/vision-parts'
import type { GatewayParts } from '#server/gateway/gateway-parts'

/** Tokens that OpenAI's chat format adds to each message, and to the whole. */
const tokensPerMessage = 3
const tokensPerReply = 3

type Counter = Pick<GatewayParts, 'countTokens'>

/** Tokens of a chat whose provider reported none: the prompt, and the text generated so far. */
export async function estimateChatUsage(
  counter: Counter,
  what: { body: ChatRequestBody; text: string; model: string },
): Promise<Usage> {
  const { messages } = what.body
  const overhead =
    messages.length * tokensPerMessage + tokensPerReply + estimateVisionTokens(messages, what.model)
  return {
    ...noUsage,
    inputTokens: (await counter.countTokens(promptText(what.body), what.model)) + overhead,
    outputTokens: what.text === '' ? 0 : await counter.countTokens(what.text, what.model),
    source: 'estimated',
  }
}

function promptText(body: ChatRequestBody): string {
  const texts: string[] = []
  for (const message of body.messages) {
    texts.push(message.role)
    if (typeof message.content === 'string') texts.push(message.content)
    else for (const part of message.content ?? []) if (part.type === 'text') texts.push(String(part.text))
    if (message.tool_calls) texts.push(JSON.stringify(message.tool_calls))
  }
  if (body.tools) texts.push(JSON.stringify(body.tools))
  return texts.join('\n')
}

/** Tokens of an embedding request whose provider reported none. */
export async function estimateEmbeddingUsage(
  counter: Counter,
  what: { body: EmbeddingsRequestBody; model: string },
): Promise<Usage> {
  const inputs = typeof what.body.input === 'string' ? [what.body.input] : what.body.input
  let inputTokens = 0
  for (const input of inputs) {
    if (typeof input === 'number') inputTokens += 1
    else if (typeof input === 'string') inputTokens += await counter.countTokens(input, what.model)
    else inputTokens += input.length
  }
  return { ...noUsage, inputTokens, source: 'estimated' }
}
