/** One training example as the simulator remembers it: what was asked, and what was to be answered. */
export interface LearnedExample {
  prompt: string
  answer: string
}

export type TrainingFileResult =
  | { ok: true; examples: readonly LearnedExample[]; text: string }
  | { ok: false; message: string }

/** Fewer examples are refused. Source: Azure OpenAI, "Customize a model with fine-tuning". */
const fewestExamples = 10
const roles = ['system', 'developer', 'user', 'assistant', 'tool']

/** Reads a chat fine-tuning file as the service does when a job begins; a refusal names the first bad line. */
export function readTrainingFile(content: string, { fewest = fewestExamples } = {}): TrainingFileResult {
  const lines = content.split('\n').map((line) => line.trim())
  const examples: LearnedExample[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const read = readLine(line)
    if (typeof read === 'string') return { ok: false, message: `Line ${index + 1}: ${read}` }
    examples.push(read)
  }
  if (examples.length < fewest)
    return {
      ok: false,
      message: `The file has ${examples.length} examples, but at least ${fewest} are needed.`,
    }
  const text = examples.map(({ prompt, answer }) => `${prompt}\n${answer}`).join('\n')
  return { ok: true, examples, text }
}

function readLine(line: string): LearnedExample | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'it is not valid JSON.'
  }
  const messages: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'messages') : null
  if (!Array.isArray(messages) || messages.length === 0) return '"messages" has to be a list with entries.'
  const read = messages.map(readMessage)
  const wrong = read.indexOf(null)
  if (wrong >= 0) return `messages[${wrong}] needs a known "role" and "content".`
  const known = read.filter((message) => message !== null)
  const last = known.at(-1)
  if (last?.role !== 'assistant') return 'the last message has to be the assistant’s.'
  const asked = known.filter(({ role }) => role === 'user').at(-1)
  return { prompt: asked?.content ?? '', answer: last.content }
}

function readMessage(message: unknown): { role: string; content: string } | null {
  if (typeof message !== 'object' || message === null) return null
  const [role, content]: unknown[] = [Reflect.get(message, 'role'), Reflect.get(message, 'content')]
  return typeof role === 'string' && roles.includes(role) && typeof content === 'string'
    ? { role, content }
    : null
}

/** What a model that learned the examples says to a text: the answer to the prompt that shares most words; null = to none. */
export function recallAnswer(examples: readonly LearnedExample[], text: string): string | null {
  const asked = wordsOf(text)
  let best: { answer: string; score: number } | null = null
  for (const { prompt, answer } of examples) {
    const known = wordsOf(prompt)
    const shared = [...asked].filter((word) => known.has(word)).length
    const score = shared / Math.max(1, asked.size + known.size - shared)
    if (shared > 0 && (best === null || score > best.score)) best = { answer, score }
  }
  return best?.answer ?? null
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
}
