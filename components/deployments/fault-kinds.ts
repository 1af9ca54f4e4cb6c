import type { SimulatorFaultKind } from '#lib/contracts/simulator'

/** Fields of a fault that only some kinds read, with the value they start from. */
export interface FaultField {
  name: 'delayMs' | 'afterTokens' | 'retryAfterMs' | 'status'
  label: string
  initial: number
}

export interface FaultKindWords {
  label: string
  /** What requests that meet the fault will see. */
  effect: string
  fields: readonly FaultField[]
}

const delay = { name: 'delayMs', label: 'Delay, ms', initial: 3000 } as const
const after = { name: 'afterTokens', label: 'After tokens', initial: 12 } as const
const retryAfter = { name: 'retryAfterMs', label: 'Retry after, ms', initial: 5000 } as const
const status = { name: 'status', label: 'HTTP status', initial: 503 } as const

/** Every way of misbehaving, in words. */
export const faultKinds: Record<SimulatorFaultKind, FaultKindWords> = {
  latency: { label: 'Latency', effect: 'Every answer comes later by the delay.', fields: [delay] },
  rate_limited: {
    label: 'Rate limited',
    effect: 'Answers 429 and says how long to wait.',
    fields: [retryAfter],
  },
  rate_limited_bare: {
    label: 'Rate limited, no header',
    effect: 'Answers 429 without saying how long to wait.',
    fields: [],
  },
  ptu_full: {
    label: 'Provisioned throughput full',
    effect: 'Answers 429 with utilisation at 100 % or more, as a full PTU deployment does.',
    fields: [retryAfter],
  },
  server_error: { label: 'Server error', effect: 'Answers with a 5xx status.', fields: [status] },
  reset: { label: 'Connection reset', effect: 'Destroys the connection before any header.', fields: [] },
  silent: { label: 'Silence', effect: 'Accepts the request and never answers.', fields: [] },
  slow_first_token: {
    label: 'Slow first token',
    effect: 'Sends headers at once, the first token only after the delay.',
    fields: [{ ...delay, initial: 12_000 }],
  },
  stall: {
    label: 'Stall',
    effect: 'Goes silent after some tokens, with the connection open.',
    fields: [after],
  },
  cut: { label: 'Cut', effect: 'Destroys the connection after some tokens.', fields: [after] },
  end_early: {
    label: 'Ends early',
    effect: 'Ends cleanly after some tokens, without finish reason and without [DONE].',
    fields: [after],
  },
  malformed_event: {
    label: 'Malformed event',
    effect: 'One event in mid-stream is not JSON; the rest is whole.',
    fields: [],
  },
  missing_done: {
    label: 'Missing [DONE]',
    effect: 'Finishes the answer but never sends [DONE].',
    fields: [],
  },
  error_in_stream: {
    label: 'Error in the stream',
    effect: 'Sends an error object after some tokens, inside a 200.',
    fields: [after],
  },
  content_filter: {
    label: 'Content filter, prompt',
    effect: 'Refuses the prompt with 400 content_filter.',
    fields: [],
  },
  content_filter_completion: {
    label: 'Content filter, answer',
    effect: 'Answers 200 with finish reason content_filter.',
    fields: [],
  },
  context_length: { label: 'Context length', effect: 'Answers 400 context_length_exceeded.', fields: [] },
  unauthorized: { label: 'Unauthorized', effect: 'Answers 401, as with a wrong key.', fields: [] },
  forbidden: { label: 'Forbidden', effect: 'Answers 403, as behind a firewall rule.', fields: [] },
  not_found: { label: 'Deployment not found', effect: 'Answers 404 DeploymentNotFound.', fields: [] },
  bare_not_found: {
    label: 'Resource not found',
    effect: 'Answers 404 in the short form of the gateway in front.',
    fields: [],
  },
  retired: { label: 'Model retired', effect: 'Answers 410, as a retired model does.', fields: [] },
  float_embeddings: {
    label: 'Float embeddings',
    effect: 'Embeddings come as floats although base64 was asked for.',
    fields: [],
  },
  region_dark: {
    label: 'Region dark',
    effect: 'Accepts connections and resets them, as a region that is going down.',
    fields: [],
  },
}
