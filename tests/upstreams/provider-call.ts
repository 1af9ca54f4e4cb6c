import type { ChatRequestBody, EmbeddingsRequestBody } from '#lib/contracts/openai'
import type { FailureEvidence } from '#lib/gateway/failure'
import {
  type AttemptTimers,
  type ChatFrame,
  type Provider,
  type ProviderCall,
  ProviderError,
  type ProviderTarget,
} from '#server/gateway/providers/provider'

/** Bounds that no healthy test comes near. */
const patientTimers: AttemptTimers = {
  connectMs: 20_000,
  attemptMs: 30_000,
  firstTokenMs: 30_000,
  idleMs: 30_000,
}

interface CallParts<Body> {
  endpoint: string
  body?: Body
  target?: Partial<ProviderTarget>
  timers?: Partial<AttemptTimers>
  signal?: AbortSignal
}

const trace = {
  requestId: 'req_test',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
}

/** A chat call that says hello to the deployment `gpt-4o-test`. */
export function chatCall({
  endpoint,
  body = { model: 'premium', messages: [{ role: 'user', content: 'hello' }] },
  target,
  timers,
  signal = new AbortController().signal,
}: CallParts<ChatRequestBody>): ProviderCall<ChatRequestBody> {
  return {
    target: makeTarget(endpoint, target),
    body,
    timers: { ...patientTimers, ...timers },
    signal,
    ...trace,
  }
}

/** An embeddings call for one short text. */
export function embedCall({
  endpoint,
  body = { model: 'embeddings', input: 'hello' },
  target,
  timers,
  signal = new AbortController().signal,
}: CallParts<EmbeddingsRequestBody>): ProviderCall<EmbeddingsRequestBody> {
  return {
    target: makeTarget(endpoint, target),
    body,
    timers: { ...patientTimers, ...timers },
    signal,
    ...trace,
  }
}

function makeTarget(endpoint: string, target?: Partial<ProviderTarget>): ProviderTarget {
  return {
    id: 'dep_test',
    provider: 'azure-openai',
    endpoint,
    deployment: 'gpt-4o-test',
    model: 'gpt-4o',
    ...target,
  }
}

/** Everything a stream gives, and the evidence with which it failed, if it did. */
export interface StreamOutcome {
  frames: ChatFrame[]
  text: string
  failure: FailureEvidence | null
}

/** Reads a whole stream; `onFrame` sees each frame as it comes. */
export async function readStream(
  provider: Provider,
  call: ProviderCall<ChatRequestBody>,
  onFrame: (frame: ChatFrame) => void = () => undefined,
): Promise<StreamOutcome> {
  const frames: ChatFrame[] = []
  let failure: FailureEvidence | null = null
  try {
    const stream = await provider.chatStream(call)
    for await (const frame of stream.frames) {
      frames.push(frame)
      onFrame(frame)
    }
  } catch (error) {
    failure = evidenceOf(error)
  }
  return { frames, text: frames.map((frame) => frame.text).join(''), failure }
}

/** The evidence with which a call failed. @throws what is no `ProviderError`; Error when it did not fail */
export async function failureOf(attempt: Promise<unknown>): Promise<FailureEvidence> {
  try {
    await attempt
  } catch (error) {
    return evidenceOf(error)
  }
  throw new Error('the call did not fail')
}

function evidenceOf(error: unknown): FailureEvidence {
  if (ProviderError.is(error)) return error.evidence
  throw error
}
