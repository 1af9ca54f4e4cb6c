import type { CreateExperimentInput } from '#lib/contracts/experiments'
import type { ExperimentMetric } from '#lib/experiments/experiment-metrics'

/** A variant as it is typed; numbers stay text until they are sent. */
export interface VariantDraft {
  /** Stable while the form is open. */
  key: number
  name: string
  /** In per cent. */
  weight: string
  /** Catalog ids, asked in this order. */
  deployments: readonly string[]
  promptMode: 'none' | 'prepend' | 'append' | 'replace'
  promptText: string
  temperature: string
  topP: string
  maxOutputTokens: string
}

export interface ExperimentDraft {
  name: string
  hypothesis: string
  tier: string
  operation: string
  accountIds: string
  creatorIds: string
  unit: 'creator' | 'session'
  /** In per cent; of the group where there is one. */
  from: string
  to: string
  group: string
  primaryMetric: ExperimentMetric
  /** In per cent. */
  minimumEffect: string
  minimumUnits: string
  /** How much worse errors and latency may get, in per cent; empty = no guardrail. */
  errorLimit: string
  latencyLimit: string
  variants: readonly VariantDraft[]
}

export function newVariant(key: number, name: string, weight: string): VariantDraft {
  return {
    key,
    name,
    weight,
    deployments: [],
    promptMode: 'none',
    promptText: '',
    temperature: '',
    topP: '',
    maxOutputTokens: '',
  }
}

export const emptyDraft: ExperimentDraft = {
  name: '',
  hypothesis: '',
  tier: '',
  operation: '',
  accountIds: '',
  creatorIds: '',
  unit: 'creator',
  from: '0',
  to: '100',
  group: '',
  primaryMetric: 'feedback',
  minimumEffect: '5',
  minimumUnits: '100',
  errorLimit: '25',
  latencyLimit: '50',
  variants: [newVariant(1, 'control', '50'), newVariant(2, 'variant-b', '50')],
}

/** What a link asks for, e.g. that of a tuned model; null = nothing particular. */
export interface ExperimentWish {
  name: string | null
  /** Catalog ids of the deployments that serve the control and its variant. */
  control: string | null
  variant: string | null
  tier: string | null
}

/** The standard draft with what was asked for. */
export function wishedExperiment({ name, control, variant, tier }: ExperimentWish): ExperimentDraft {
  const served = [control, variant]
  return {
    ...emptyDraft,
    name: name ?? emptyDraft.name,
    tier: tier ?? emptyDraft.tier,
    variants: emptyDraft.variants.map((one, index) => {
      const id = served[index] ?? null
      return id === null ? one : { ...one, name: index === 0 ? 'control' : 'tuned', deployments: [id] }
    }),
  }
}

/** Per cent as basis points. */
function bps(percent: string): number {
  return Math.round(Number(percent) * 100)
}

/** What is wrong that can be told before it is sent: field → words. */
export function draftProblems(draft: ExperimentDraft): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {}
  const sum = draft.variants.reduce((total, { weight }) => total + bps(weight), 0)
  if (sum !== 10_000) problems['plan.variants'] = `weights sum to ${sum / 100} %, not to 100 %`
  const names = draft.variants.map(({ name }) => name.trim())
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) problems['plan.variants'] = `“${twice}” stands twice`
  if (bps(draft.from) >= bps(draft.to)) problems['plan.exclusive'] = 'the share ends before it begins'
  return problems
}

/** The draft as the API takes it. */
export function draftBody(
  draft: ExperimentDraft,
  order: { start: boolean; reason: string },
): CreateExperimentInput {
  const group = draft.group.trim()
  return {
    ...order,
    plan: {
      name: draft.name.trim(),
      hypothesis: draft.hypothesis.trim(),
      target: {
        tier: draft.tier === '' ? null : draft.tier,
        operation: draft.operation.trim() === '' ? null : draft.operation.trim(),
        accountIds: listOf(draft.accountIds),
        creatorIds: listOf(draft.creatorIds),
      },
      unit: draft.unit,
      variants: draft.variants.map(variantBody),
      exclusive: group === '' ? null : { group, from: bps(draft.from), to: bps(draft.to) },
      trafficBps: group === '' ? bps(draft.to) : 10_000,
      primaryMetric: draft.primaryMetric,
      minimumEffect: Number(draft.minimumEffect) / 100,
      minimumUnits: Number(draft.minimumUnits),
      guardrails: [
        ...(draft.errorLimit === ''
          ? []
          : [{ metric: 'error_rate' as const, limitRatio: ratio(draft.errorLimit) }]),
        ...(draft.latencyLimit === ''
          ? []
          : [{ metric: 'latency' as const, limitRatio: ratio(draft.latencyLimit) }]),
      ],
    },
  }
}

function ratio(percent: string): number {
  return 1 + Number(percent) / 100
}

function listOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

function variantBody(variant: VariantDraft) {
  const { name, weight, deployments, promptMode, promptText } = variant
  const number = (text: string) => (text.trim() === '' ? null : Number(text))
  return {
    name: name.trim(),
    weightBps: bps(weight),
    overrides: {
      chain: deployments.map((id) => [id]),
      systemPrompt: promptMode === 'none' ? null : { mode: promptMode, text: promptText },
      parameters: {
        temperature: number(variant.temperature),
        topP: number(variant.topP),
        maxOutputTokens: number(variant.maxOutputTokens),
      },
    },
  }
}
