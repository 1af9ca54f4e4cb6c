import type { Tone } from '#components/ui/tone'
import type { VarianceCauseName } from '#lib/contracts/reconciliations'

/** Causes in words; `bad` where money is missing somewhere, `warn` where something is to be set right. */
export const causeWords: Readonly<Record<VarianceCauseName, { label: string; tone: Tone }>> = {
  none: { label: 'Agrees', tone: 'good' },
  unpriced_model: { label: 'No price', tone: 'warn' },
  price_change: { label: 'Price change', tone: 'warn' },
  cached_tokens: { label: 'Cached tokens', tone: 'info' },
  time_zone: { label: 'Time zone', tone: 'neutral' },
  unlogged_traffic: { label: 'Unlogged traffic', tone: 'bad' },
  not_invoiced: { label: 'Not invoiced', tone: 'neutral' },
}
