import { z } from 'zod'
import { findSensitive } from '#lib/privacy/find-sensitive'

const labelledLine = z
  .object({
    text: z.string(),
    spans: z.array(
      z.object({ start: z.int().nonnegative(), end: z.int().positive(), type: z.string().min(1) }),
    ),
  })
  .refine(({ text, spans }) => spans.every(({ start, end }) => start < end && end <= text.length), {
    message: 'a span lies outside the text',
    path: ['spans'],
  })

/** A text and what in it should be hidden; offsets in UTF-16 code units. */
export type LabelledLine = z.infer<typeof labelledLine>

/** One line of a labelled set, or what is wrong with it. */
export function parseLabelledLine(
  line: string,
): { ok: true; line: LabelledLine } | { ok: false; message: string } {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { ok: false, message: 'is no JSON' }
  }
  const parsed = labelledLine.safeParse(json)
  if (parsed.success) return { ok: true, line: parsed.data }
  const [issue] = parsed.error.issues
  return { ok: false, message: `${issue?.path.join('.') || 'line'}: ${issue?.message}` }
}

export interface RedactionScore {
  add(line: LabelledLine): void
  /** Shares between 0 and 1. */
  read(): { recall: Record<string, number>; cleanWordsLost: number }
  examples(): readonly string[]
}

/** Counts what redaction finds and what it hides for nothing. */
export function createRedactionScore(options: { examples: number }): RedactionScore {
  const types = new Map<string, { found: number; all: number }>()
  const examples: string[] = []
  let cleanWords = 0
  let lost = 0
  const note = (example: string) => {
    if (examples.length < options.examples) examples.push(example)
  }
  return {
    add({ text, spans }) {
      const hidden = coverage(text, findSensitive(text))
      const labelled = coverage(text, spans)
      for (const { start, end, type } of spans) {
        const count = types.get(type) ?? { found: 0, all: 0 }
        types.set(type, count)
        count.all += 1
        if (isHidden(text, { start, end }, hidden)) count.found += 1
        else note(`missed ${type}: ${JSON.stringify(text.slice(start, end))} in ${JSON.stringify(text)}`)
      }
      for (const match of text.matchAll(/\S+/g)) {
        const end = match.index + match[0].length
        if (labelled.subarray(match.index, end).some((one) => one === 1)) continue
        cleanWords += 1
        if (!hidden.subarray(match.index, end).some((one) => one === 1)) continue
        lost += 1
        note(`lost word: ${JSON.stringify(match[0])} in ${JSON.stringify(text)}`)
      }
    },
    read: () => ({
      recall: Object.fromEntries([...types].map(([type, { found, all }]) => [type, found / all])),
      cleanWordsLost: cleanWords === 0 ? 0 : lost / cleanWords,
    }),
    examples: () => examples,
  }
}

function coverage(text: string, spans: readonly { start: number; end: number }[]): Uint8Array {
  const covered = new Uint8Array(text.length)
  for (const { start, end } of spans) covered.fill(1, start, end)
  return covered
}

function isHidden(text: string, { start, end }: { start: number; end: number }, hidden: Uint8Array): boolean {
  for (let index = start; index < end; index += 1) {
    if (hidden[index] !== 1 && /[\p{L}\p{N}]/u.test(text.charAt(index))) return false
  }
  return true
}
