import { z } from 'zod'
import { type ChatRequestBody, chatRequestBody } from '#lib/contracts/openai'
import { parseJson } from '#lib/gateway/json-fields'

const expectedCalls = z.strictObject({
  toolCalls: z
    .array(z.strictObject({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(32),
})

const replayLine = z.strictObject({
  /** Names the line in the report; unique in the file. */
  id: z.string().trim().min(1).max(100).optional(),
  request: chatRequestBody,
  /** What a good answer says, word by word or in other words, or which functions it calls. */
  expected: z.union([z.string().trim().min(1).max(100_000), expectedCalls]).optional(),
})

/** One request of a saved set. */
export interface ReplayLine {
  id: string
  request: ChatRequestBody
  /** Text of a good answer, or the calls that it makes; null where the set does not say. */
  expected: string | z.infer<typeof expectedCalls> | null
}

/** One line of a saved set, JSON as `{ id?, request, expected? }`; the message says what is wrong with it. */
export function parseReplayLine(
  text: string,
  number: number,
): { ok: true; line: ReplayLine } | { ok: false; message: string } {
  const value = parseJson(text)
  if (value === undefined) return { ok: false, message: 'is no JSON' }
  const parsed = replayLine.safeParse(value)
  if (!parsed.success) return { ok: false, message: parsed.error.issues.map(describe).join('; ') }
  const { id, request, expected } = parsed.data
  return { ok: true, line: { id: id ?? `line ${number}`, request, expected: expected ?? null } }
}

function describe({ path, message }: z.core.$ZodIssue): string {
  const place = path.join('.')
  return place === '' ? message : `${place}: ${message}`
}
