import { stableJson } from '#lib/audit/stable-json'
import { asItems, asRecord, asText, parseJson } from '#lib/gateway/json-fields'
import { readFinishReason } from '#lib/gateway/read-usage'
import type { FinishReason } from '#lib/gateway/usage'
import { soundsRefused, unmarkedText } from '#lib/models/score-answer'

/** How two answers to one request may differ, in the order in which they are named. */
export const parityClasses = [
  /** One side has no answer: an error, or something that is no chat answer. */
  'no_answer',
  /** One refuses (its own refusal, a filter, or the words of one), and the other does not. */
  'refusal',
  /** JSON was due, and one of them is none. */
  'json',
  /** Another number of choices, another kind of answer, or JSON with other fields. */
  'structure',
  /** Other functions called, or another number of calls. */
  'tool_calls',
  /** The same functions with other arguments. */
  'tool_arguments',
  'finish_reason',
  'length',
  /** The texts' embeddings are far apart. */
  'meaning',
] as const

export type ParityClass = (typeof parityClasses)[number]

export type AnswerKind = 'text' | 'json' | 'tools' | 'empty'

/** What can be said of one answer without repeating it. */
export interface AnswerFacts {
  choices: number
  /** Of the first choice, as everything below. */
  kind: AnswerKind
  /** Of the text; 0 for tool calls alone. */
  characters: number
  finishReason: FinishReason | null
  refused: boolean
  /** Whether the text is JSON; null where neither the request nor the baseline says that it must be. */
  jsonValid: boolean | null
  toolCalls: number
}

export interface AnswerPair {
  /** Bodies of chat answers in OpenAI's dialect, not streamed; null (or any other value) is no answer. */
  baseline: unknown
  candidate: unknown
  /** The request asked for JSON (`response_format`). */
  isJsonDue: boolean
  /** 1 − cosine of the embeddings of both `comparedText`s, 0–2; null = not measured. */
  distance: number | null
}

/** What still counts as alike. */
export interface ParityLimits {
  /** JSON answers share at least this part of their fields, 0–1. */
  sharedFields: number
  /** One text is at most so many times as long as the other, ≥ 1. */
  lengthFactor: number
  /** Two texts that differ by no more characters than this have the same length. */
  lengthSlack: number
  /** Largest distance of the embeddings. It depends on their model: unrelated texts are 0.2 to 0.3 apart with
   * text-embedding-ada-002, and 0.7 to 1 with most others. */
  distance: number
}

export const defaultParityLimits: Readonly<ParityLimits> = {
  sharedFields: 1,
  lengthFactor: 2,
  lengthSlack: 80,
  distance: 0.2,
}

export interface AnswerParity {
  /** In the order of `parityClasses`; empty = alike. */
  differences: readonly ParityClass[]
  /** Null for no answer. */
  baseline: AnswerFacts | null
  candidate: AnswerFacts | null
  /** Part of the fields (path and type) that both JSON answers have, 0–1; null unless both are JSON. */
  sharedFields: number | null
  /** Part of the calls whose function and arguments are the same on both sides, 0–1; null without a call on both. */
  sameCalls: number | null
  /** Characters, candidate ÷ baseline; null unless both have text. */
  lengthRatio: number | null
  distance: number | null
}

interface ReadAnswer extends AnswerFacts {
  json: unknown
  calls: readonly { name: string; arguments: string }[]
}

/** Parity of two answers to one request, as classes and numbers: nothing of what they say is in it. */
export function compareAnswers(
  pair: AnswerPair,
  limits: Readonly<ParityLimits> = defaultParityLimits,
): AnswerParity {
  const read = { baseline: readAnswer(pair.baseline), candidate: readAnswer(pair.candidate) }
  const isJsonDue = pair.isJsonDue || read.baseline?.kind === 'json'
  const { baseline, candidate } = read
  const numbers =
    baseline && candidate
      ? numbersOf(baseline, candidate, pair.distance)
      : { sharedFields: null, sameCalls: null, lengthRatio: null, distance: null }
  return {
    differences: differencesOf({ ...read, isJsonDue, numbers }, limits),
    baseline: baseline && factsOf(baseline, isJsonDue),
    candidate: candidate && factsOf(candidate, isJsonDue),
    ...numbers,
  }
}

/** The text of an answer's first choice, of which embeddings are compared; null where it has none. */
export function comparedText(answer: unknown): string | null {
  const message = asRecord(asRecord(asItems(asRecord(answer)?.choices)[0])?.message)
  const text = unmarkedText(asText(message?.content) || asText(message?.refusal)).trim()
  return text === '' ? null : text
}

function readAnswer(answer: unknown): ReadAnswer | null {
  const choices = asItems(asRecord(answer)?.choices)
  const choice = asRecord(choices[0])
  const message = asRecord(choice?.message)
  if (!choice || !message) return null
  const text = comparedText(answer) ?? ''
  const calls = [
    ...asItems(message.tool_calls).map((call) => asRecord(call)?.function),
    message.function_call,
  ]
    .map(asRecord)
    .filter((call) => call !== null)
    .map((call) => ({ name: asText(call.name), arguments: asText(call.arguments) }))
  const json = /^[{[]/.test(text) ? parseFlat(text) : undefined
  const finishReason = readFinishReason(choice.finish_reason)
  const kind = kindOf({ calls: calls.length, isJson: json !== undefined, text })
  const refused =
    asText(message.refusal) !== '' ||
    finishReason === 'content_filter' ||
    (kind === 'text' && soundsRefused(text))
  return {
    choices: choices.length,
    kind,
    characters: [...text].length,
    finishReason,
    refused,
    jsonValid: json !== undefined,
    toolCalls: calls.length,
    json,
    calls,
  }
}

function kindOf({ calls, isJson, text }: { calls: number; isJson: boolean; text: string }): AnswerKind {
  if (calls > 0) return 'tools'
  if (isJson) return 'json'
  return text === '' ? 'empty' : 'text'
}

function factsOf(answer: ReadAnswer, isJsonDue: boolean): AnswerFacts {
  const { json: _json, calls: _calls, ...facts } = answer
  return { ...facts, jsonValid: isJsonDue && facts.kind !== 'tools' ? facts.jsonValid : null }
}

type PairNumbers = Pick<AnswerParity, 'sharedFields' | 'sameCalls' | 'lengthRatio' | 'distance'>

function numbersOf(baseline: ReadAnswer, candidate: ReadAnswer, distance: number | null): PairNumbers {
  const bothJson = baseline.json !== undefined && candidate.json !== undefined
  const bothCall = baseline.toolCalls > 0 && candidate.toolCalls > 0
  const bothText = baseline.characters > 0 && candidate.characters > 0
  return {
    sharedFields: bothJson
      ? sharedPart([...new Set(fieldsOf(baseline.json))], [...new Set(fieldsOf(candidate.json))])
      : null,
    sameCalls: bothCall ? sharedPart(baseline.calls.map(callKey), candidate.calls.map(callKey)) : null,
    lengthRatio: bothText ? candidate.characters / baseline.characters : null,
    distance: bothText ? distance : null,
  }
}

interface ReadPair {
  baseline: ReadAnswer | null
  candidate: ReadAnswer | null
  isJsonDue: boolean
  numbers: PairNumbers
}

function differencesOf({ baseline, candidate, isJsonDue, numbers }: ReadPair, limits: ParityLimits) {
  if (!baseline || !candidate) return baseline || candidate ? (['no_answer'] as const) : []
  const called = (answer: ReadAnswer) => answer.calls.map(({ name }) => name)
  const sameNames = sharedPart(called(baseline), called(candidate)) === 1
  const isBare = baseline.kind !== 'tools' && candidate.kind !== 'tools'
  const found: Readonly<Record<Exclude<ParityClass, 'no_answer'>, boolean>> = {
    refusal: baseline.refused !== candidate.refused,
    json: isJsonDue && isBare && baseline.jsonValid !== candidate.jsonValid,
    structure:
      baseline.choices !== candidate.choices ||
      baseline.kind !== candidate.kind ||
      (numbers.sharedFields ?? 1) < limits.sharedFields,
    tool_calls: !sameNames,
    tool_arguments: sameNames && (numbers.sameCalls ?? 1) < 1,
    finish_reason: baseline.finishReason !== candidate.finishReason,
    length: isOtherLength(baseline.characters, candidate.characters, limits),
    meaning: (numbers.distance ?? 0) > limits.distance,
  }
  return parityClasses.filter((name) => name !== 'no_answer' && found[name])
}

function isOtherLength(a: number, b: number, { lengthFactor, lengthSlack }: ParityLimits): boolean {
  const [shorter, longer] = a < b ? [a, b] : [b, a]
  return longer - shorter > lengthSlack && longer > shorter * lengthFactor
}

/** Common part of two lists whose items may repeat: 2 · common ÷ items of both; 1 for two empty ones. */
function sharedPart(a: readonly string[], b: readonly string[]): number {
  if (a.length + b.length === 0) return 1
  const left = new Map<string, number>()
  for (const item of a) left.set(item, (left.get(item) ?? 0) + 1)
  let common = 0
  for (const item of b) {
    const count = left.get(item) ?? 0
    if (count === 0) continue
    left.set(item, count - 1)
    common += 1
  }
  return (2 * common) / (a.length + b.length)
}

/** Arguments are the same when their JSON is, whatever the order of its keys. */
function callKey(call: { name: string; arguments: string }): string {
  const parsed = parseFlat(call.arguments)
  return JSON.stringify([call.name, parsed === undefined ? call.arguments : stableJson(parsed)])
}

/** Answers are hostile text: what nests deeper than anybody means it to counts as no JSON. */
const mostLevels = 64

function parseFlat(text: string): unknown {
  const value = parseJson(text)
  return nestsWithin(value, mostLevels) ? value : undefined
}

function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((inner) => nestsWithin(inner, levels - 1))
}

/** Paths with the types of what stands there; items of a list share one path, since lists may be of any length. */
function fieldsOf(value: unknown, path = '$'): string[] {
  if (Array.isArray(value)) return [`${path} list`, ...value.flatMap((item) => fieldsOf(item, `${path}[]`))]
  const record = asRecord(value)
  if (!record) return [`${path} ${value === null ? 'null' : typeof value}`]
  return [
    `${path} object`,
    ...Object.entries(record).flatMap(([name, inner]) => fieldsOf(inner, `${path}.${JSON.stringify(name)}`)),
  ]
}
