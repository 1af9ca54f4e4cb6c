import type { AnswerBrief } from '#lib/simulator/plan-answer'
import { type PromptPart, toolParts } from '#server/simulator/encode-prompt'
import type { MessageBlock, MessageRequest } from '#server/simulator/message-request'
import { badRequest } from '#server/simulator/wire-error'

const MESSAGE_OVERHEAD = 4
type Message = MessageRequest['messages'][number]

function blocksOf({ content }: Message): MessageBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

function textOf(blocks: readonly MessageBlock[]): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

function toolResultOf(message: Message | undefined): string | null {
  for (const block of message === undefined ? [] : blocksOf(message)) {
    if (block.type !== 'tool_result') continue
    return typeof block.content === 'string' ? block.content : textOf(block.content ?? [])
  }
  return null
}

function toolChoiceOf({ tool_choice: choice, tools = [] }: MessageRequest): AnswerBrief['toolChoice'] {
  switch (choice?.type) {
    case undefined:
    case 'auto':
      return 'auto'
    case 'none':
      return 'none'
    case 'any':
      if (tools.length === 0) throw badRequest('tool_choice: tools have to be given')
      return 'required'
    case 'tool':
      if (tools.some(({ name }) => name === choice.name)) return { name: choice.name }
      throw badRequest(`tool_choice: there is no tool ${choice.name}`)
  }
}

function offeredTools({ tools = [] }: MessageRequest): AnswerBrief['tools'] {
  return tools.map(({ name, description, input_schema }) => ({
    name,
    description: description ?? '',
    parameters: input_schema,
  }))
}

/** What the answer depends on. Throws a WireError (400) on contradictory fields. */
export function briefOfMessage(request: MessageRequest): AnswerBrief {
  const { messages, tool_choice: choice } = request
  const spoken = messages
    .filter((message) => message.role === 'user')
    .findLast((message) => textOf(blocksOf(message)) !== '')
  const last = messages.at(-1)
  const schema = request.output_config?.format?.schema
  return {
    userText: spoken === undefined ? '' : textOf(blocksOf(spoken)),
    images: spoken === undefined ? 0 : blocksOf(spoken).filter((block) => block.type === 'image').length,
    toolResult: toolResultOf(last),
    tools: offeredTools(request),
    toolChoice: toolChoiceOf(request),
    parallelToolCalls: !(
      choice !== undefined &&
      'disable_parallel_tool_use' in choice &&
      choice.disable_parallel_tool_use
    ),
    format: schema === undefined ? { kind: 'text' } : { kind: 'json_schema', schema },
  }
}

function blockParts(block: MessageBlock): PromptPart[] {
  switch (block.type) {
    case 'text':
      return [{ kind: 'text', text: block.text }]
    case 'image': {
      const source = block.source.type === 'url' ? block.source.url : block.source.data
      return [{ kind: 'image', source, detail: 'auto' }]
    }
    case 'tool_use':
      return [{ kind: 'text', text: `${block.name}${JSON.stringify(block.input)}` }]
    case 'tool_result':
      return typeof block.content === 'string'
        ? [{ kind: 'text', text: block.content }]
        : (block.content ?? []).flatMap(blockParts)
  }
}

/** The prompt in cache order (tools, system, messages). */
interface MessagePrompt {
  parts: PromptPart[]
  /** How many parts lie before the last `cache_control` mark; 0 = nothing is marked. */
  cacheableParts: number
}

/** Collects the prompt for counting and caching. */
export function promptOfMessage(request: MessageRequest): MessagePrompt {
  const parts: PromptPart[] = []
  let cacheableParts = 0
  const add = (added: readonly PromptPart[], marked: boolean) => {
    parts.push(...added)
    if (marked) cacheableParts = parts.length
  }
  const offered = offeredTools(request)
  for (const [index, tool] of (request.tools ?? []).entries()) {
    add(toolParts(offered.slice(index, index + 1)), Boolean(tool.cache_control))
  }
  const { system = [] } = request
  const systemBlocks: MessageBlock[] = typeof system === 'string' ? [{ type: 'text', text: system }] : system
  for (const block of systemBlocks) add(blockParts(block), Boolean(block.cache_control))
  for (const message of request.messages) {
    add([{ kind: 'overhead', tokens: MESSAGE_OVERHEAD }], false)
    for (const block of blocksOf(message)) add(blockParts(block), Boolean(block.cache_control))
  }
  return { parts, cacheableParts }
}
