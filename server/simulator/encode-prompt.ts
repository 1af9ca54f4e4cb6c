import { createHash } from 'node:crypto'
import type { OfferedTool } from '#lib/simulator/plan-answer'
import type { Tokenizer } from '#server/simulator/load-tokenizer'

/** One piece of a prompt, in order. */
export type PromptPart =
  | { kind: 'text'; text: string }
  | { kind: 'image'; source: string; detail: string }
  /** Tokens the chat format itself costs. */
  | { kind: 'overhead'; tokens: number }

const LOW_DETAIL_TOKENS = 85
const HIGH_DETAIL_TOKENS = 765
const TOOL_OVERHEAD_TOKENS = 8

function imageTokens(source: string, detail: string): number[] {
  const mark = -1 - createHash('sha256').update(source).digest().readUInt32BE(0)
  return new Array<number>(detail === 'low' ? LOW_DETAIL_TOKENS : HIGH_DETAIL_TOKENS).fill(mark)
}

/** The prompt as token ids; images and overhead stand in as negative ids, so equal prompts have equal ids. */
export function encodePrompt(tokenizer: Tokenizer, parts: readonly PromptPart[]): number[] {
  const tokens: number[] = []
  for (const part of parts) {
    const added =
      part.kind === 'text'
        ? tokenizer.encode(part.text)
        : part.kind === 'image'
          ? imageTokens(part.source, part.detail)
          : new Array<number>(part.tokens).fill(-1)
    for (const token of added) tokens.push(token)
  }
  return tokens
}

/** The definitions of the offered tools, as they weigh on the prompt. */
export function toolParts(tools: readonly OfferedTool[]): PromptPart[] {
  return tools.flatMap(({ name, description, parameters }): PromptPart[] => [
    { kind: 'text', text: `${name}: ${description} ${JSON.stringify(parameters ?? {})}` },
    { kind: 'overhead', tokens: TOOL_OVERHEAD_TOKENS },
  ])
}
