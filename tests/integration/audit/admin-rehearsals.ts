import { builtInRules } from '#lib/alerts/built-in-rules'
import { exportFile, exportLine } from '#tests/support/usage-exports'

const reason = 'a rehearsal of the audit log'
const reasoned = { reason }

/** What earlier calls answered, by the names that they were kept under, and what the test knows. */
export type Known = Record<string, string>

export interface Rehearsal {
  /** `POST /api/admin/keys/{id}/revoke` */
  route: string
  params?: (known: Known) => Record<string, string>
  body?: (known: Known) => unknown
  query?: Record<string, string>
  contentType?: string
  /** Keeps something of the answer for later calls. */
  keep?: (answer: Record<string, unknown>, known: Known) => void
  /** Done before it. */
  before?: 'break_deployment' | 'look_at_alerts' | 'kill_delivery'
}

const rule = { ...builtInRules.find(({ id }) => id === 'cost-hour'), id: 'rehearsal', name: 'Rehearsal' }
const webhook = (known: Known) => ({ kind: 'webhook', url: known.hookUrl })
const id =
  (name: string) =>
  (known: Known): Record<string, string> => ({ id: known[name] ?? '' })
const west = () => ({ name: 'westeurope' })
const premium = () => ({ id: 'we-premium' })
const account = 'acc_rehearsal'
const budget = { accountId: account, scope: 'account', scopeId: account, window: 'day', kind: 'soft' }

/** One successful call of each route that changes something, in an order in which each finds what it needs. */
export const adminRehearsals: readonly Rehearsal[] = [
  { route: 'PATCH /api/admin/settings', body: () => ({ ledgerRetentionDays: 401, reason }) },
  {
    route: 'POST /api/admin/keys',
    body: () => ({ name: 'rehearsal', accountId: account, plan: 'unlimited' }),
    keep: (answer, known) => Object.assign(known, { key: Object(answer.key).id }),
  },
  { route: 'POST /api/admin/keys/{id}/revoke', params: id('key'), body: () => reasoned },
  {
    route: 'PUT /api/admin/accounts/{id}/region',
    params: () => ({ id: account }),
    body: () => ({ region: { name: 'westeurope', mode: 'prefer' }, reason }),
  },
  {
    route: 'POST /api/admin/invites',
    body: () => ({ role: 'viewer', email: null }),
    keep: ({ url }, known) => Object.assign(known, { token: new URL(String(url)).searchParams.get('token') }),
  },
  {
    route: 'POST /api/admin/invites/accept',
    body: ({ token }) => ({
      token,
      name: 'Reh',
      email: 'reh@example.com',
      password: 'a-password-for-rehearsals-7',
    }),
    keep: ({ userId }, known) => Object.assign(known, { user: userId }),
  },
  { route: 'PATCH /api/admin/users/{id}', params: id('user'), body: () => ({ disabled: true }) },
  {
    route: 'POST /api/admin/prices',
    body: () => ({
      provider: 'openai',
      model: 'rehearsal-1',
      effectiveFrom: '2026-01-01',
      rates: { input: '1.5', output: '2' },
      source: 'a rehearsal',
      asOf: '2026-01-01',
      reason,
    }),
    keep: (answer, known) => Object.assign(known, { price: /prc_\w+/.exec(JSON.stringify(answer))?.[0] }),
  },
  { route: 'POST /api/admin/prices/{id}/withdraw', params: id('price'), body: () => reasoned },
  {
    route: 'POST /api/admin/quotas/plans',
    body: () => ({ name: 'rehearsal', onAuthorityLoss: 'open', limits: [], reason }),
  },
  {
    route: 'POST /api/admin/quotas/budgets',
    body: () => ({ ...budget, limitUsd: '10', reason }),
    keep: (answer, known) => Object.assign(known, { budget: answer.id }),
  },
  {
    route: 'POST /api/admin/quotas/budgets/{id}/remove',
    params: id('budget'),
    body: () => ({ accountId: account, reason }),
  },
  {
    route: 'POST /api/admin/quotas/overrides',
    body: ({ tomorrow }) => ({
      accountId: account,
      scope: 'account',
      scopeId: account,
      measure: 'requests',
      window: 'minute',
      limit: '100',
      expiresAt: tomorrow,
      reason,
    }),
    keep: (answer, known) => Object.assign(known, { override: answer.id }),
  },
  {
    route: 'POST /api/admin/quotas/overrides/{id}/end',
    params: id('override'),
    body: () => ({ accountId: account, reason }),
  },
  { route: 'POST /api/admin/alert-rules', body: () => ({ rule, reason }) },
  {
    route: 'PUT /api/admin/alert-rules/{id}',
    params: () => ({ id: 'rehearsal' }),
    body: () => ({ rule: { ...rule, name: 'Rehearsal again' }, reason }),
  },
  {
    route: 'DELETE /api/admin/alert-rules/{id}',
    params: () => ({ id: 'rehearsal' }),
    body: () => reasoned,
  },
  { route: 'POST /api/admin/alert-rules/preview', body: () => ({ rule }) },
  {
    route: 'POST /api/admin/alert-channels',
    body: (known) => ({ name: 'Rehearsal', severity: 'info', config: webhook(known), reason }),
    keep: (answer, known) => Object.assign(known, { channel: Object(answer.channel).id }),
  },
  {
    route: 'PUT /api/admin/alert-channels/{id}',
    params: id('channel'),
    body: (known) => ({ name: 'Rehearsal 2', severity: 'info', config: webhook(known), reason }),
  },
  {
    route: 'POST /api/admin/alert-channels/{id}/test',
    params: id('channel'),
    keep: (answer, known) => Object.assign(known, { delivery: Object(answer.delivery).id }),
  },
  {
    route: 'POST /api/admin/alert-deliveries/{id}/retry',
    before: 'kill_delivery',
    params: id('delivery'),
    body: () => reasoned,
  },
  { route: 'DELETE /api/admin/alert-channels/{id}', params: id('channel'), body: () => reasoned },
  {
    route: 'POST /api/admin/alert-silences',
    body: () => ({ ruleId: 'cost-day', minutes: 5, reason }),
    keep: (answer, known) => Object.assign(known, { silence: answer.id }),
  },
  { route: 'POST /api/admin/alert-silences/{id}/end', params: id('silence'), body: () => reasoned },
  { route: 'POST /api/admin/deployments/{id}/drain', params: premium, body: () => reasoned },
  { route: 'POST /api/admin/deployments/{id}/undrain', params: premium, body: () => reasoned },
  { route: 'POST /api/admin/deployments/{id}/isolate', params: premium, body: () => reasoned },
  {
    route: 'POST /api/admin/alerts/{id}/acknowledge',
    before: 'look_at_alerts',
    params: id('alert'),
    body: () => reasoned,
  },
  { route: 'POST /api/admin/deployments/{id}/release', params: premium, body: () => reasoned },
  {
    route: 'POST /api/admin/deployments/{id}/close',
    before: 'break_deployment',
    params: premium,
    body: () => reasoned,
  },
  { route: 'POST /api/admin/deployments/{id}/test', params: premium },
  { route: 'POST /api/admin/regions/{name}/freeze', params: west, body: () => reasoned },
  { route: 'POST /api/admin/regions/{name}/unfreeze', params: west, body: () => reasoned },
  { route: 'POST /api/admin/regions/{name}/fail-over', params: west, body: () => reasoned },
  { route: 'POST /api/admin/regions/{name}/fail-back', params: west, body: () => reasoned },
  {
    route: 'POST /api/admin/capacity/{id}/apply',
    params: premium,
    body: () => ({ toUnits: 100, reason }),
  },
  {
    route: 'POST /api/admin/simulator/faults',
    body: ({ tomorrowMs }) => ({
      deployment: 'gpt-4-turbo-prod',
      kind: 'latency',
      delayMs: 1,
      expiresAtMs: Number(tomorrowMs),
    }),
  },
  {
    route: 'DELETE /api/admin/simulator/faults/{deployment}',
    params: () => ({ deployment: 'gpt-4-turbo-prod' }),
  },
  {
    route: 'PATCH /api/admin/settings',
    body: () => ({ answerCache: { rules: [{ model: 'premium' }] }, reason }),
  },
  {
    route: 'POST /api/admin/answer-cache/warm-ups',
    body: () => ({
      keyId: 'key_bootstrap',
      request: { model: 'premium', temperature: 0, messages: [{ role: 'user', content: 'Hello' }] },
      reason,
    }),
    keep: (answer, known) => Object.assign(known, { warmUp: answer.id }),
  },
  { route: 'POST /api/admin/answer-cache/warm', body: () => reasoned },
  {
    route: 'POST /api/admin/answer-cache/warm-ups/{id}/remove',
    params: id('warmUp'),
    body: () => reasoned,
  },
  { route: 'POST /api/admin/answer-cache/purge', body: () => ({ accountId: null, reason }) },
  { route: 'POST /api/admin/audit/verifications', body: () => ({ scope: 'newest' }) },
  {
    route: 'POST /api/admin/audit/holds',
    body: () => ({ fromDay: '2026-01-01', reason }),
    keep: (answer, known) => Object.assign(known, { hold: answer.id }),
  },
  { route: 'POST /api/admin/audit/holds/{id}/release', params: id('hold'), body: () => reasoned },
  {
    route: 'POST /api/admin/audit/erasures',
    body: () => ({ kind: 'fan', id: 'fan_rehearsal', reason }),
  },
  {
    route: 'POST /api/admin/reconciliations',
    query: { fileName: 'rehearsal.csv', reason },
    contentType: 'text/csv',
    body: () =>
      exportFile([exportLine({ day: '2026-10-31', meterName: 'gpt 4o Inp glbl', quantity: '1', cost: '1' })]),
  },
  {
    route: 'POST /api/admin/playground/chat',
    body: () => ({ model: 'economy', max_tokens: 8, messages: [{ role: 'user', content: 'Hello' }] }),
  },
]

/** Routes whose success needs a world of its own, with the test that finds their entry. */
export const rehearsedElsewhere: Readonly<Record<string, string>> = {
  'POST /api/admin/capacity/{id}/dismiss': 'tests/integration/deployments/capacity-recommend.test.ts',
  'POST /api/admin/traffic/switches': 'tests/integration/traffic/rollback-switch.test.ts',
  'POST /api/admin/traffic/switches/{id}/return': 'tests/integration/traffic/rollback-switch.test.ts',
}
