import type { AttemptReason } from '#lib/costs/ledger-record'
import { breakerPhases, breakerSignals } from '#lib/resilience/breaker-signal'
import type { MetricDefinition } from '#lib/telemetry/metric-definition'
import { mirrorDrops } from '#lib/traffic/shadow-report'

/** 0.01 s to 81.92 s, doubling. Source: OpenTelemetry GenAI conventions, gen-ai-metrics.md. */
const seconds = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power)
/** 1 to 4^13 tokens. Same source. */
const tokens = Array.from({ length: 14 }, (_, power) => 4 ** power)
const overheadSeconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

const operations = ['chat', 'embeddings'] as const
const providers = ['azure.ai.openai', 'openai', 'anthropic'] as const
const reasons = [
  'first',
  'retry',
  'fallback',
  'spillover',
  'hedge',
] as const satisfies readonly AttemptReason[]
const outcomes = ['success', 'error', 'cancelled', 'cut'] as const

const call = {
  'gen_ai.operation.name': operations,
  'gen_ai.provider.name': providers,
  'gen_ai.request.model': 'models',
  'huntaze.deployment': 'deployments',
} as const
const request = { 'gen_ai.operation.name': operations, 'huntaze.tier': 'tiers' } as const
const deployment = { 'huntaze.deployment': 'deployments' } as const
const stream = { 'huntaze.stream': 'streams' } as const

/**
 * Every metric of this program, and there are no others: instruments are made from this list alone. Names with `gen_ai.`
 * are OpenTelemetry's (conventions of generative AI, in development), those of Node, the process and V8 too.
 */
export const metricList = {
  callDuration: {
    name: 'gen_ai.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    help: 'One call to a provider, from its start to its last byte.',
    labels: { ...call, 'error.type': 'failure classes' },
    buckets: seconds,
  },
  callFirstChunk: {
    name: 'gen_ai.client.operation.time_to_first_chunk',
    kind: 'histogram',
    unit: 's',
    help: 'A streamed call, from its start to the first content token.',
    labels: call,
    buckets: seconds,
  },
  callTokens: {
    name: 'gen_ai.client.token.usage',
    kind: 'histogram',
    unit: '{token}',
    help: 'Billable tokens of one call.',
    labels: { ...call, 'gen_ai.token.type': ['input', 'output'] },
    buckets: tokens,
  },
  requestDuration: {
    name: 'gen_ai.server.request.duration',
    kind: 'histogram',
    unit: 's',
    help: 'One admitted request of a caller, from the door to its last byte, whatever was tried.',
    labels: { ...request, 'huntaze.outcome': outcomes, 'error.type': 'error codes' },
    buckets: seconds,
  },
  requestFirstToken: {
    name: 'gen_ai.server.time_to_first_token',
    kind: 'histogram',
    unit: 's',
    help: 'A streamed request, from the door to its first content token.',
    labels: request,
    buckets: seconds,
  },
  overhead: {
    name: 'huntaze.gateway.overhead',
    kind: 'histogram',
    unit: 's',
    help: 'What this program itself added to an admitted request.',
    labels: { 'gen_ai.operation.name': operations },
    buckets: overheadSeconds,
  },
  cost: {
    name: 'huntaze.cost',
    kind: 'counter',
    unit: 'USD',
    help: 'Cost of the calls to providers. The ledger has it exactly; this is a floating point sum for alarms.',
    labels: { ...deployment, 'gen_ai.request.model': 'models' },
  },
  unpriced: {
    name: 'huntaze.requests.unpriced',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests whose cost is not known because their model has no price.',
    labels: deployment,
  },
  attempts: {
    name: 'huntaze.attempts',
    kind: 'counter',
    unit: '{attempt}',
    help: 'Calls to providers by why they were made: retries, fallbacks, spillovers and hedges among them.',
    labels: { ...deployment, 'huntaze.reason': reasons, 'huntaze.outcome': outcomes },
  },
  cachedTokens: {
    name: 'huntaze.tokens.cached_input',
    kind: 'counter',
    unit: '{token}',
    help: 'Input tokens that providers took from their own prompt caches; they are part of the input tokens of the calls.',
    labels: call,
  },
  cacheLookups: {
    name: 'huntaze.cache.lookups',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests of routes with an answer cache, by whether a kept answer was given, none was found, or none was looked for.',
    labels: { 'huntaze.tier': 'tiers', 'huntaze.cache': ['hit', 'miss', 'bypass'] },
  },
  cacheSavings: {
    name: 'huntaze.cache.saved_cost',
    kind: 'counter',
    unit: 'USD',
    help: 'What the answers that the cache gave again had cost.',
    labels: { 'huntaze.tier': 'tiers' },
  },
  repeatedAnswers: {
    name: 'huntaze.cache.repeated_answers',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that were answered with a recent answer because nobody else was left.',
    labels: { 'huntaze.tier': 'tiers' },
  },
  errors: {
    name: 'huntaze.errors',
    kind: 'observed counter',
    unit: '{request}',
    help: 'Errors that callers got before their answer began. Sheds are `overloaded`, refusals by quota and rate have codes of their own.',
    labels: { 'error.type': 'error codes' },
  },
  experiments: {
    name: 'huntaze.experiments.running',
    kind: 'gauge',
    unit: '{experiment}',
    help: 'Experiments that requests take part in on this instance.',
    labels: {},
  },
  breakerState: {
    name: 'huntaze.breaker.state',
    kind: 'gauge',
    unit: '1',
    help: '1 for the phase in which the breaker is, 0 for the others.',
    labels: { ...deployment, 'huntaze.signal': breakerSignals, 'huntaze.phase': breakerPhases },
  },
  breakerTransitions: {
    name: 'huntaze.breaker.transitions',
    kind: 'counter',
    unit: '{transition}',
    help: 'Moves of breakers on this instance, by the phase they moved to.',
    labels: { ...deployment, 'huntaze.signal': breakerSignals, 'huntaze.phase': breakerPhases },
  },
  rolloutWeight: {
    name: 'huntaze.rollout.weight',
    kind: 'gauge',
    unit: '1',
    help: 'Share of the candidate in each rollout that says where traffic goes, as this instance obeys it.',
    labels: { 'huntaze.rollout': 'rollouts', 'huntaze.tier': 'tiers' },
  },
  rolloutRollbacks: {
    name: 'huntaze.rollout.rollbacks',
    kind: 'observed counter',
    unit: '{rollout}',
    help: 'Rollouts that were rolled back through this instance: by the evaluator, or by an operator.',
    labels: { 'huntaze.by': ['evaluator', 'operator'] },
  },
  shadowMirrors: {
    name: 'huntaze.shadow.mirrors',
    kind: 'observed counter',
    unit: '{request}',
    help: 'Sampled requests of shadow steps on this instance: mirrored to the candidate, or why not.',
    labels: { 'huntaze.outcome': ['mirrored', 'cap', ...mirrorDrops] },
  },
  shadowRunning: {
    name: 'huntaze.shadow.running',
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that are being mirrored at this moment, those that wait left out.',
    labels: {},
  },
  versionRollbacks: {
    name: 'huntaze.model.rollbacks',
    kind: 'observed counter',
    unit: '{version}',
    help: 'Model versions that were taken back from a tier through this instance: by their guardrails, or by an operator.',
    labels: { 'huntaze.by': ['guardrails', 'operator'] },
  },
  fineTuningJobs: {
    name: 'huntaze.fine_tuning.jobs',
    kind: 'observed counter',
    unit: '{job}',
    help: 'Fine-tuning jobs that ended on this instance, by how.',
    labels: { 'huntaze.outcome': ['ready', 'failed', 'cancelled'] },
  },
  dualWriteLag: {
    name: 'huntaze.dual_write.lag',
    kind: 'gauge',
    unit: 's',
    help: 'Age of the oldest change that waits for the second store; 0 when none waits.',
    labels: stream,
  },
  dualWriteWaiting: {
    name: 'huntaze.dual_write.waiting',
    kind: 'gauge',
    unit: '{change}',
    help: 'Changes that wait for the second store, over all instances.',
    labels: stream,
  },
  dualWriteDeliveries: {
    name: 'huntaze.dual_write.deliveries',
    kind: 'observed counter',
    unit: '{change}',
    help: 'Changes that this instance handed to the second store: taken, or failed and tried again.',
    labels: { ...stream, 'huntaze.outcome': ['delivered', 'failed'] },
  },
  dualWriteMismatches: {
    name: 'huntaze.dual_write.mismatches',
    kind: 'gauge',
    unit: '{record}',
    help: 'Records that differed between both stores and that nobody has repaired.',
    labels: stream,
  },
  inFlight: {
    name: 'huntaze.deployment.in_flight',
    kind: 'gauge',
    unit: '{request}',
    help: 'Calls that are running.',
    labels: deployment,
  },
  queued: {
    name: 'huntaze.deployment.queued',
    kind: 'gauge',
    unit: '{request}',
    help: 'Calls that wait for a place in the bulkhead.',
    labels: deployment,
  },
  capacityUtilization: {
    name: 'huntaze.deployment.capacity.utilization',
    kind: 'gauge',
    unit: '1',
    help: 'Tokens of the last minute on this instance over the tokens per minute that the catalog states.',
    labels: deployment,
  },
  ptuUtilization: {
    name: 'huntaze.deployment.ptu.utilization',
    kind: 'gauge',
    unit: '1',
    help: 'Utilisation of provisioned throughput, as the provider last said.',
    labels: deployment,
  },
  headroom: {
    name: 'huntaze.deployment.headroom',
    kind: 'gauge',
    unit: '1',
    help: 'Share of the provider’s limits that is left, from its rate-limit headers.',
    labels: deployment,
  },
  cooldown: {
    name: 'huntaze.deployment.cooldown',
    kind: 'gauge',
    unit: 's',
    help: 'How long the deployment still asked to be left alone.',
    labels: deployment,
  },
  switchesInForce: {
    name: 'huntaze.traffic.switches',
    kind: 'gauge',
    unit: '{switch}',
    help: 'Rollback switches that this instance obeys.',
    labels: {},
  },
  rolledBack: {
    name: 'huntaze.traffic.rolled_back',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that a rollback switch sent to the legacy providers, by what became of them.',
    labels: { 'huntaze.tier': 'tiers', 'huntaze.outcome': outcomes },
  },
  configurationVersion: {
    name: 'huntaze.configuration.version',
    kind: 'gauge',
    unit: '1',
    help: 'The configuration version that requests of this instance obey; equal on every instance, or one is behind.',
    labels: {},
  },
  journalDepth: {
    name: 'huntaze.ledger.journal.depth',
    kind: 'gauge',
    unit: '{record}',
    help: 'Records in the journal that the database has not taken yet.',
    labels: {},
  },
  ledgerPending: {
    name: 'huntaze.ledger.pending',
    kind: 'gauge',
    unit: '{record}',
    help: 'Records that are neither in the database nor in the journal yet.',
    labels: {},
  },
  ledgerRefused: {
    name: 'huntaze.ledger.refused',
    kind: 'observed counter',
    unit: '{record}',
    help: 'Records that the database refused for their content; they are kept in a file.',
    labels: {},
  },
  databaseReachable: {
    name: 'huntaze.database.reachable',
    kind: 'gauge',
    unit: '1',
    help: '1 while the database takes records.',
    labels: {},
  },
  redactions: {
    name: 'huntaze.redaction.findings',
    kind: 'observed counter',
    unit: '{finding}',
    help: 'What was hidden before texts left the program or were stored.',
    labels: { 'huntaze.kind': 'kinds of personal data' },
  },
  spans: {
    name: 'huntaze.telemetry.spans',
    kind: 'counter',
    unit: '{span}',
    help: 'Spans handed to the exporters, and what became of them.',
    labels: {
      'huntaze.exporter': ['azure_monitor', 'otlp'],
      'huntaze.outcome': ['exported', 'failed'],
    },
  },
  eventLoopDelay: {
    name: 'nodejs.eventloop.delay.p99',
    kind: 'gauge',
    unit: 's',
    help: 'The 99th percentile of the event loop’s delay since the last look.',
    labels: {},
  },
  eventLoopUtilization: {
    name: 'nodejs.eventloop.utilization',
    kind: 'gauge',
    unit: '1',
    help: 'Share of the time since the last look in which the event loop was busy.',
    labels: {},
  },
  cpuTime: {
    name: 'process.cpu.time',
    kind: 'observed counter',
    unit: 's',
    help: 'CPU time that the process took.',
    labels: { 'cpu.mode': ['user', 'system'] },
  },
  memory: {
    name: 'process.memory.usage',
    kind: 'gauge',
    unit: 'By',
    help: 'Resident memory that the process holds.',
    labels: {},
  },
  heap: {
    name: 'v8js.memory.heap.used',
    kind: 'gauge',
    unit: 'By',
    help: 'JavaScript heap in use.',
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>

export type MetricKey = keyof typeof metricList
/** Metrics of one kind, by their key in the list. */
export type MetricOf<Kind extends MetricDefinition['kind']> = {
  [Key in MetricKey]: (typeof metricList)[Key]['kind'] extends Kind ? Key : never
}[MetricKey]
/** The labels of a metric. `error.type` stands only where something failed. */
export type LabelsOf<Key extends MetricKey> = {
  [Label in Exclude<keyof (typeof metricList)[Key]['labels'], 'error.type'>]: string
} & ('error.type' extends keyof (typeof metricList)[Key]['labels'] ? { 'error.type'?: string } : unknown)

/** OpenTelemetry's names of our providers. */
export function providerName(provider: string): string {
  return provider === 'azure-openai' ? 'azure.ai.openai' : provider
}
