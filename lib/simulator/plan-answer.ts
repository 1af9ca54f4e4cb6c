import { composeText } from '#lib/simulator/compose-text'
import { createSeededRandom, type SeededRandom } from '#lib/simulator/create-seeded-random'
import { hashText } from '#lib/simulator/hash-text'
import { type JsonValue, makeInstance } from '#lib/simulator/make-instance'
import { toolsAskedFor } from '#lib/simulator/tools-asked-for'

/** A tool the caller offered; `parameters` is its JSON Schema. */
export interface OfferedTool {
  name: string
  description: string
  parameters: unknown
}

/** What an answer depends on, whatever provider's wire format it came in. */
export interface AnswerBrief {
  userText: string
  /** Number of images in the last user message. */
  images: number
  /** Content of the last message when that is a tool's result. */
  toolResult: string | null
  tools: readonly OfferedTool[]
  toolChoice: 'auto' | 'none' | 'required' | { name: string }
  parallelToolCalls: boolean
  format: { kind: 'text' } | { kind: 'json_object' } | { kind: 'json_schema'; schema: unknown }
}

/** One planned call; `argumentsText` is JSON. */
interface PlannedToolCall {
  id: string
  name: string
  argumentsText: string
}

/** The whole answer, before token limits and stop sequences cut it. */
export type PlannedAnswer = { kind: 'text'; text: string } | { kind: 'tool_calls'; calls: PlannedToolCall[] }

function callId(random: SeededRandom): string {
  return Array.from({ length: 24 }, () => random.integer(36).toString(36)).join('')
}

function chosenTools(brief: AnswerBrief): OfferedTool[] {
  const { tools, toolChoice, toolResult } = brief
  if (tools.length === 0 || toolChoice === 'none') return []
  if (typeof toolChoice === 'object') return tools.filter((tool) => tool.name === toolChoice.name)
  if (toolResult !== null && toolChoice !== 'required') return []
  const asked = toolsAskedFor(brief.userText, tools)
  const wanted = asked.length === 0 && toolChoice === 'required' ? tools.slice(0, 1) : asked
  return brief.parallelToolCalls ? wanted : wanted.slice(0, 1)
}

/**
 * Instances of a tool's parameters are best effort, as a model's are: a schema this cannot satisfy yields the
 * empty object.
 */
function toolArguments(parameters: unknown, random: SeededRandom): JsonValue {
  try {
    return makeInstance(parameters ?? { type: 'object' }, random)
  } catch (error) {
    if (error instanceof RangeError) return {}
    throw error
  }
}

function jsonAnswer(brief: AnswerBrief, random: SeededRandom): JsonValue {
  if (brief.format.kind === 'json_schema') return makeInstance(brief.format.schema, random)
  const reply = composeText({ ...brief, random })
  return {
    simulated: true,
    reply,
    sentiment: random.pick(['positive', 'neutral', 'curious']),
    words: reply.split(' ').length,
  }
}

/**
 * Decides what the simulated model says: calls of tools that were demanded or asked for, else JSON in the
 * format asked for, else text. Same brief, seed and choice index: same answer. Throws a RangeError when a
 * response schema cannot be satisfied.
 */
export function planAnswer(
  brief: AnswerBrief,
  { seed, choice }: { seed: number; choice: number },
): PlannedAnswer {
  const key = JSON.stringify([seed, choice, brief.userText, brief.toolResult])
  const random = createSeededRandom(hashText(key))
  const tools = chosenTools(brief)
  if (tools.length > 0) {
    const calls = tools.map(({ name, parameters }) => ({
      id: callId(random),
      name,
      argumentsText: JSON.stringify(toolArguments(parameters, random)),
    }))
    return { kind: 'tool_calls', calls }
  }
  if (brief.format.kind !== 'text') return { kind: 'text', text: JSON.stringify(jsonAnswer(brief, random)) }
  return { kind: 'text', text: composeText({ ...brief, random }) }
}
