import type { Tone } from '#components/ui/tone'
import type { AlertSeverity } from '#lib/alerts/alert-rule'
import type { AlertView } from '#lib/contracts/alerts'

export const severityTones: Readonly<Record<AlertSeverity, Tone>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'info',
}

export const stateTones: Readonly<Record<AlertView['state'], Tone>> = {
  firing: 'bad',
  acknowledged: 'warn',
  resolved: 'good',
}

export const eventWords = {
  fired: 'Fired',
  acknowledged: 'Acknowledged',
  silenced: 'Silenced',
  unsilenced: 'Silence ended',
  resolved: 'Resolved',
} as const

export const deliveryTones: Readonly<Record<'waiting' | 'sent' | 'dead', Tone>> = {
  waiting: 'warn',
  sent: 'good',
  dead: 'bad',
}
export const deliveryWords = { waiting: 'waiting', sent: 'sent', dead: 'given up' } as const

/** What a silence covers, in words. */
export function silenceScope(ruleId: string | null, labels: Readonly<Record<string, string>>): string {
  const names = Object.entries(labels).map(([name, value]) => `${name} ${value}`)
  return [...(ruleId === null ? ['every rule'] : [ruleId]), ...names].join(', ')
}
