import { z } from 'zod'
import { unstorablePath, unstorableText } from '#lib/contracts/unstorable-path'
import { type ExampleMessages, exampleMessages } from '#lib/models/training-example'

const person = z.string().trim().min(1).max(200)
/** One line of an uploaded file: an example, and whose it is. */
const exampleLineSchema = z.strictObject({
  accountId: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/),
  creatorId: person,
  fanId: person.nullish(),
  messages: exampleMessages,
})

/** An example with the persons it is about. */
export interface GivenExample {
  accountId: string
  creatorId: string
  fanId: string | null
  messages: ExampleMessages
}

export interface LineProblem {
  /** Counted from 1. */
  line: number
  path: string
  message: string
}

export type ExampleLines =
  | { ok: true; examples: readonly GivenExample[] }
  | { ok: false; problems: readonly LineProblem[] }

const mostProblems = 20

/** Reads a JSONL file whole; every mistake is named with its line, at most 20. Empty lines are passed over. */
export function readExampleLines(text: string): ExampleLines {
  const examples: GivenExample[] = []
  const problems: LineProblem[] = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1
    if (raw.trim() === '') continue
    const value = parse(raw)
    if (value === undefined) problems.push({ line, path: '', message: 'is not valid JSON' })
    else {
      const read = exampleLineSchema.safeParse(value)
      const unstorable = read.success ? unstorablePath(read.data) : null
      if (!read.success) problems.push({ line, ...firstProblem(read.error) })
      else if (unstorable) problems.push({ line, path: unstorable.join('.'), message: unstorableText })
      else examples.push({ ...read.data, fanId: read.data.fanId ?? null })
    }
    if (problems.length >= mostProblems) break
  }
  if (problems.length > 0) return { ok: false, problems }
  if (examples.length === 0)
    return { ok: false, problems: [{ line: 1, path: '', message: 'the file has no example' }] }
  return { ok: true, examples }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function firstProblem({ issues }: z.ZodError): Omit<LineProblem, 'line'> {
  const [issue] = issues
  return { path: issue?.path.join('.') ?? '', message: issue?.message ?? 'is not an example' }
}
