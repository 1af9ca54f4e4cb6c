/** What a model said to a held-out question. */
export interface JudgedAnswer {
  answer: string
  finishReason: string | null
  /** The answer that was held out. */
  reference: string
  /** Cosine of the two texts' embeddings, −1 to 1. */
  cosine: number
}

/** Scores of one answer. */
export interface AnswerScore {
  /** Closeness of meaning to the held-out answer, 0–1. */
  similarity: number
  /** Null where the held-out answer is no JSON. */
  jsonValid: boolean | null
  refused: boolean
  /** Length of the answer ÷ length of the held-out one. */
  lengthRatio: number
  /** One number, 0–1: the similarity; 0 for what refuses, or is no JSON where JSON was due. */
  quality: number
}

const refusals =
  /\b(i can(?:no|['’])t (?:help|assist|do that)|i['’]?m sorry,? but i can|i am unable to|as an ai\b)/i

/** Whether a text reads like the words with which models refuse, in English. */
export function soundsRefused(text: string): boolean {
  return refusals.test(text)
}

const mark = /^\[simulated\]\s*/

/** The text without the simulator's mark, which says nothing about it. */
export function unmarkedText(text: string): string {
  return text.replace(mark, '')
}

export function scoreAnswer({ answer, finishReason, reference, cosine }: JudgedAnswer): AnswerScore {
  const text = unmarkedText(answer)
  const similarity = Math.min(1, Math.max(0, cosine))
  const jsonValid = isJson(reference) ? isJson(text) : null
  const refused = finishReason === 'content_filter' || soundsRefused(text) || text.trim() === ''
  const lengthRatio = text.length / Math.max(1, reference.length)
  const quality = refused || jsonValid === false ? 0 : similarity
  return { similarity, jsonValid, refused, lengthRatio, quality }
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Cosine of two vectors of one length; 0 when one of them is nothing. */
export function cosineOf(a: readonly number[], b: readonly number[]): number {
  let [dot, lengthA, lengthB] = [0, 0, 0]
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0
    dot += value * other
    lengthA += value * value
    lengthB += other * other
  }
  return lengthA === 0 || lengthB === 0 ? 0 : dot / Math.sqrt(lengthA * lengthB)
}
