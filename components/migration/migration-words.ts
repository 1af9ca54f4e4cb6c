import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRatio } from '#components/ui/format-number'
import type { Tone } from '#components/ui/tone'
import type {
  AfterRouteView,
  CutoverRouteView,
  DualStreamView,
  DualSwitchView,
} from '#lib/contracts/migration'

type Criterion = CutoverRouteView['criteria'][number]
type AfterRow = AfterRouteView['rows'][number]
interface Words {
  word: string
  tone: Tone
}

/** How a stream stands, as a person reads it. */
export const streamWords: Readonly<Record<DualStreamView['state'], Words>> = {
  off: { word: 'off', tone: 'neutral' },
  partly_on: { word: 'partly on', tone: 'warn' },
  copying: { word: 'copy not ended', tone: 'info' },
  failing: { word: 'failing', tone: 'bad' },
  behind: { word: 'behind', tone: 'warn' },
  differs: { word: 'stores differ', tone: 'bad' },
  unproven: { word: 'not compared', tone: 'warn' },
  clean: { word: 'clean', tone: 'good' },
}

export const copyWords: Readonly<Record<DualSwitchView['copy']['state'], Words>> = {
  waiting: { word: 'not started', tone: 'neutral' },
  running: { word: 'running', tone: 'info' },
  paused: { word: 'paused', tone: 'warn' },
  ended: { word: 'ended', tone: 'good' },
}

/** What each class of difference means. */
export const mismatchWords: Readonly<Record<DualStreamView['mismatches'][number]['class'], string>> = {
  missing: 'not in the new store',
  extra: 'in the new store alone',
  behind: 'older in the new store',
  ahead: 'newer in the new store',
  resurrected: 'erased, but still in the new store',
  erased: 'erased in the new store alone',
  state: 'deleted in one store alone',
  content: 'another content',
}

export const criterionWords: Readonly<Record<Criterion['name'], string>> = {
  parity: 'Parity of answers',
  quality: 'Quality',
  errors: 'Errors',
  refusals: 'Refusals',
  latency: 'Latency p95',
  first_token: 'First token p95',
  cost: 'Cost per request',
  alerts: 'Open alerts',
  backup: 'Last backup',
  invoice: 'Invoice against ledger',
  dual_write: 'Dual-write',
  time_at_full: 'Time at 100 %',
}

export const criterionStates: Readonly<Record<Criterion['status'], Words>> = {
  met: { word: 'met', tone: 'good' },
  failed: { word: 'not met', tone: 'bad' },
  no_data: { word: 'no data', tone: 'warn' },
  not_needed: { word: 'not needed', tone: 'neutral' },
}

export const readinessWords: Readonly<Record<CutoverRouteView['status'], Words>> = {
  ready: { word: 'ready', tone: 'good' },
  not_ready: { word: 'not ready', tone: 'bad' },
  no_data: { word: 'not proven', tone: 'warn' },
}

export const afterWords: Readonly<Record<AfterRow['metric'], string>> = {
  error_rate: 'Errors',
  refusal_rate: 'Refusals',
  latency_p50: 'Latency p50',
  latency_p95: 'Latency p95',
  first_token_p50: 'First token p50',
  first_token_p95: 'First token p95',
  cost: 'Cost per request',
  quality: 'Quality',
}

/** Criteria that are met from their limit on; the others up to it. */
const floors: readonly Criterion['name'][] = ['parity', 'quality', 'dual_write', 'time_at_full']

/** `≤ 900 ms`, `≥ 95 %`; a dash where nothing is asked. */
export function limitWords({ name, limit, unit }: Criterion): string {
  return limit === null ? '–' : `${floors.includes(name) ? '≥' : '≤'} ${measureWords(limit, unit)}`
}

/** A number in its unit; a dash for none. */
export function measureWords(value: number | null, unit: Criterion['unit'] | AfterRow['unit']): string {
  if (value === null) return '–'
  if (unit === 'share' || unit === 'rate') return formatRatio(value)
  if (unit === 'ms') return formatMs(value)
  if (unit === 'usd') return `$${value.toPrecision(3)}`
  if (unit === 'score') return value.toFixed(3)
  if (unit === 'hours') return `${value.toFixed(value < 10 ? 1 : 0)} h`
  return unit === 'days' ? `${value.toFixed(1)} d` : formatCount(value)
}

/** `+12 %`; a dash where there is nothing to compare. */
export function changeWords(change: number | null): string {
  if (change === null) return '–'
  const percent = Math.round(change * 100)
  return percent === 0 ? '±0 %' : `${percent > 0 ? '+' : '−'}${formatCount(Math.abs(percent))} %`
}

/** Better or worse than before by more than a twentieth: everything but quality is better when it is less. */
export function changeTone({ metric, change }: AfterRow): Tone {
  if (change === null || Math.abs(change) < 0.05) return 'neutral'
  return change < 0 === (metric === 'quality') ? 'bad' : 'good'
}

/** Whose switch it is. */
export function accountWords(accountId: string): string {
  return accountId === '*' ? 'every account' : accountId
}
