import type { ChatRequestBody } from '#lib/contracts/openai'
import { asItems, asRecord, asText } from '#lib/gateway/json-fields'
import { compareAnswers, comparedText } from '#lib/migration/compare-answers'
import type { ReplayLine } from '#lib/migration/replay-line'
import type { ReplayPair, ReplaySide } from '#lib/migration/replay-report'
import { cosineOf, scoreAnswer } from '#lib/models/score-answer'
import { createSeededRandom } from '#lib/simulator/create-seeded-random'
import { post, type ReplayedAnswer, type ReplayTarget, replayRequest } from '#server/migration/replay-request'

/** Where the two sides of one line are asked: ids that pin a deployment. */
export interface ReplayRoutes {
  baseline: string
  candidate: string
}

export interface ReplaySetOptions {
  target: ReplayTarget
  routesOf: (line: ReplayLine) => ReplayRoutes
  /** What `/api/v1/embeddings` is asked for; null = meanings are not compared. */
  embeddings: string | null
  /** Lines under way at once; of each, one side at a time. */
  concurrency: number
  /** Decides which side of a line is asked first. */
  seed: number
  onPair: (done: number) => void
}

/** A pair, and what its texts were embedded with. */
export interface ReplayResult {
  pairs: ReplayPair[]
  /** Why meanings could not be compared, the first time; null when they could. */
  embeddingProblem: string | null
}

/**
 * Asks both routes every line, in pairs: the sides of a line follow each other at once, in a drawn order, so that both see
 * the same hour and the same load. Pairs come back in the order of the lines.
 * @throws Error as `replayRequest` does; lines under way are waited for.
 */
export async function replaySet(
  lines: readonly ReplayLine[],
  options: ReplaySetOptions,
): Promise<ReplayResult> {
  const random = createSeededRandom(options.seed)
  const work = lines.map((line, index) => ({ line, index, candidateFirst: random.next() < 0.5 }))
  const pairs: (ReplayPair | undefined)[] = lines.map(() => undefined)
  const embed = createEmbedder(options)
  let done = 0
  const worker = async () => {
    for (let next = work.shift(); next; next = work.shift()) {
      try {
        pairs[next.index] = await replayLine(next, { ...options, vectorsOf: embed.vectorsOf })
      } catch (thrown) {
        work.length = 0
        throw thrown
      }
      done += 1
      options.onPair(done)
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: options.concurrency }, worker))
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  return { pairs: pairs.filter((pair) => pair !== undefined), embeddingProblem: embed.problem() }
}

interface LineWork {
  line: ReplayLine
  candidateFirst: boolean
}

type LineOptions = ReplaySetOptions & { vectorsOf: VectorsOf }

async function replayLine(
  { line, candidateFirst }: LineWork,
  { target, routesOf, vectorsOf }: LineOptions,
): Promise<ReplayPair> {
  const routes = routesOf(line)
  const ask = (side: keyof ReplayRoutes) => replayRequest(target, line.request, routes[side])
  const first = await ask(candidateFirst ? 'candidate' : 'baseline')
  const second = await ask(candidateFirst ? 'baseline' : 'candidate')
  const [baseline, candidate] = candidateFirst ? [second, first] : [first, second]
  const reference = typeof line.expected === 'string' ? line.expected : null
  const texts = [comparedText(baseline.answer), comparedText(candidate.answer), reference]
  const [old = null, fresh = null, due = null] = await vectorsOf(texts)
  const cosine = old && fresh ? cosineOf(old, fresh) : null
  return {
    id: line.id,
    parity: compareAnswers({
      baseline: baseline.answer,
      candidate: candidate.answer,
      isJsonDue: asksForJson(line.request),
      distance: cosine === null ? null : 1 - cosine,
    }),
    baseline: sideOf(baseline, line, { own: old, due }),
    candidate: sideOf(candidate, line, { own: fresh, due }),
  }
}

function asksForJson({ response_format: format }: ChatRequestBody): boolean {
  return format?.type === 'json_object' || format?.type === 'json_schema'
}

interface SideVectors {
  own: Vector | null
  due: Vector | null
}

function sideOf({ answer, ...figures }: ReplayedAnswer, line: ReplayLine, vectors: SideVectors): ReplaySide {
  return { ...figures, quality: qualityOf(answer, line, vectors) }
}

function qualityOf(answer: unknown, { expected }: ReplayLine, { own, due }: SideVectors): number | null {
  if (expected === null) return null
  if (answer === null) return 0
  if (typeof expected !== 'string')
    return compareAnswers(calledPair(expected.toolCalls, answer)).sameCalls ?? 0
  if (!due) return null
  const finish = asRecord(asItems(asRecord(answer)?.choices)[0])?.finish_reason
  const text = comparedText(answer) ?? ''
  if (text !== '' && !own) return null
  const cosine = own ? cosineOf(own, due) : 0
  return scoreAnswer({ answer: text, finishReason: asText(finish) || null, reference: expected, cosine })
    .quality
}

function calledPair(calls: readonly { name: string; arguments: Record<string, unknown> }[], answer: unknown) {
  const tool_calls = calls.map(({ name, arguments: args }) => ({
    function: { name, arguments: JSON.stringify(args) },
  }))
  const baseline = { choices: [{ message: { tool_calls }, finish_reason: 'tool_calls' }] }
  return { baseline, candidate: answer, isJsonDue: false, distance: null }
}

type Vector = readonly number[]
type VectorsOf = (texts: readonly (string | null)[]) => Promise<(Vector | null)[]>

/** Characters of one text that are embedded: models take about 8,000 tokens. */
const longestText = 16_000

/** After the first failure nothing is asked again: a set without meanings is better than none. */
function createEmbedder({ target, embeddings }: ReplaySetOptions) {
  let problem: string | null = null
  const vectorsOf: VectorsOf = async (texts) => {
    const given = texts.filter((text) => text !== null)
    if (embeddings === null || problem !== null || given.length < 2) return texts.map(() => null)
    const found = await embed(target, embeddings, given).catch((thrown: unknown) => {
      problem ??= thrown instanceof Error ? thrown.message : String(thrown)
      return null
    })
    const vectors = [...(found ?? [])]
    return texts.map((text) => (text === null ? null : (vectors.shift() ?? null)))
  }
  return { vectorsOf, problem: () => problem }
}

async function embed(target: ReplayTarget, model: string, texts: readonly string[]): Promise<Vector[]> {
  const input = texts.map((text) => text.slice(0, longestText))
  const response = await post(target, '/api/v1/embeddings', JSON.stringify({ model, input }))
  const body = asRecord(await response.json())
  if (!response.ok) throw new Error(asText(asRecord(body?.error)?.message) || `status ${response.status}`)
  const rows = asItems(body?.data).map((row) => asItems(asRecord(row)?.embedding))
  if (rows.length !== texts.length) throw new Error(`${rows.length} embeddings for ${texts.length} texts`)
  return rows.map((row) => row.map(Number))
}
