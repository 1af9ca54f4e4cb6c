import { type AlertRule, type AlertRuleInput, alertRule } from '#lib/alerts/alert-rule'
import { objectiveRules } from '#lib/alerts/objective-rules'

const state = { kind: 'threshold', comparison: 'at_least', limit: 1 } as const

const breakerRules: readonly AlertRuleInput[] = [
  {
    id: 'breaker-open',
    name: 'Breaker open',
    about: 'A deployment is left out until its breaker closes; the requests are the ones that opened it.',
    metric: 'breaker.open',
    condition: state,
    severity: 'warning',
    groupBy: ['deployment', 'signal'],
    resolve: { forSeconds: 0 },
  },
  {
    id: 'breaker-isolated',
    name: 'Deployment isolated',
    about: 'An operator holds it out of traffic. It stays so until somebody releases it or its time is over.',
    metric: 'breaker.isolated',
    condition: state,
    severity: 'info',
    groupBy: ['deployment', 'signal'],
    resolve: { forSeconds: 0 },
  },
  {
    id: 'breaker-half-open-long',
    name: 'Breaker half-open for too long',
    about:
      'No probe succeeded or failed: nobody asks for this deployment, or its probes hang. Make a test call.',
    metric: 'breaker.half_open_seconds',
    condition: { kind: 'threshold', comparison: 'above', limit: 120 },
    severity: 'warning',
    groupBy: ['deployment', 'signal'],
    resolve: { forSeconds: 0 },
  },
]

const dualWriteRules: readonly AlertRuleInput[] = [
  {
    id: 'dual-write-lag',
    name: 'Second store falls behind',
    about:
      'Changes wait to be written to the second store. While it is away nothing is lost, but it is not ready.',
    metric: 'dual_write.lag_seconds',
    condition: { kind: 'threshold', comparison: 'above', limit: 60 },
    severity: 'warning',
    groupBy: ['stream'],
    resolve: { forSeconds: 0 },
  },
  {
    id: 'dual-write-failing',
    name: 'Second store refuses changes',
    about: 'Deliveries to the second store fail and are tried again, each time after a longer pause.',
    metric: 'dual_write.failing_records',
    condition: state,
    forSeconds: 60,
    severity: 'warning',
    groupBy: ['stream'],
    resolve: { forSeconds: 0 },
  },
  {
    id: 'dual-write-mismatch',
    name: 'Stores differ',
    about: 'A record differed between both stores when it was read. Reconcile them.',
    metric: 'dual_write.open_mismatches',
    condition: state,
    severity: 'warning',
    groupBy: ['stream'],
    resolve: { forSeconds: 0 },
  },
]

const trafficRules: readonly AlertRuleInput[] = [
  {
    id: 'legacy-route-not-ready',
    name: 'Legacy route not ready',
    about:
      'The way back is not open: the last probe of this route failed, or its rate limit is used up. A rollback would not be answered there.',
    metric: 'traffic.legacy_not_ready',
    condition: state,
    severity: 'critical',
    groupBy: ['deployment'],
    resolve: { forSeconds: 0 },
  },
  {
    id: 'instance-not-acknowledging',
    name: 'Instance does not acknowledge',
    about:
      'An instance does not obey the present configuration, or reports no more: it died, or is cut off from the database and serves by its last one.',
    metric: 'traffic.instance_behind_seconds',
    condition: { kind: 'threshold', comparison: 'above', limit: 15 },
    severity: 'critical',
    groupBy: ['instance'],
    resolve: { forSeconds: 0 },
  },
  {
    id: 'traffic-rolled-back',
    name: 'Traffic is rolled back',
    about: 'A rollback switch is in force. It stays so until somebody takes it back on the Traffic page.',
    metric: 'traffic.rolled_back',
    condition: { kind: 'threshold', comparison: 'above', limit: 0 },
    severity: 'warning',
    groupBy: ['switch'],
    resolve: { forSeconds: 0 },
  },
]

const capacityRules: readonly AlertRuleInput[] = [
  {
    id: 'capacity-used',
    name: 'Little head-room left',
    about: 'A deployment is close to its requests or tokens per minute. See its capacity plan.',
    metric: 'capacity.used_ratio',
    condition: { kind: 'threshold', comparison: 'above', limit: 0.85 },
    forSeconds: 60,
    resolve: { margin: 0.1, forSeconds: 120 },
    severity: 'warning',
    groupBy: ['deployment'],
  },
  {
    id: 'capacity-ptu',
    name: 'Provisioned throughput nearly used up',
    about: 'Beyond it, requests spill over to pay-as-you-go. See its capacity plan.',
    metric: 'capacity.ptu_ratio',
    condition: { kind: 'threshold', comparison: 'above', limit: 0.9 },
    forSeconds: 60,
    resolve: { margin: 0.1, forSeconds: 120 },
    severity: 'warning',
    groupBy: ['deployment'],
  },
  {
    id: 'gateway-shedding',
    name: 'Requests are shed',
    about: 'More requests arrive than the deployments can take; some are refused with 503.',
    metric: 'gateway.shed_requests',
    condition: { kind: 'threshold', comparison: 'above', limit: 0 },
    resolve: { forSeconds: 60 },
    severity: 'critical',
    groupBy: ['tier'],
  },
  {
    id: 'region-away',
    name: 'Region failed over',
    about:
      'Its traffic goes elsewhere. It comes back by itself when it is well, or when an operator fails it back.',
    metric: 'region.away',
    condition: state,
    resolve: { forSeconds: 0 },
    severity: 'critical',
    groupBy: ['region'],
  },
  {
    id: 'model-retiring',
    name: 'Model retires',
    about: 'The provider switches it off, or has done so. Move the tier to its replacement.',
    metric: 'model.days_to_retirement',
    condition: { kind: 'threshold', comparison: 'at_most', limit: 60 },
    resolve: { forSeconds: 0 },
    severity: 'warning',
    groupBy: ['model'],
  },
]

const rolloutRules: readonly AlertRuleInput[] = [
  {
    id: 'rollout-rolled-back',
    name: 'Rollout rolled itself back',
    about:
      'Its candidate was worse than a guardrail allows; all of its traffic is at the baseline again. Retiring or replacing the rollout ends the alert.',
    metric: 'rollout.rolled_back',
    condition: state,
    resolve: { forSeconds: 0 },
    severity: 'critical',
    groupBy: ['rollout'],
  },
  {
    id: 'rollout-waiting',
    name: 'Rollout waits for a person',
    about: 'It is held, or its next step needs an approval. Until then its shares stay as they are.',
    metric: 'rollout.waiting_hours',
    condition: { kind: 'threshold', comparison: 'above', limit: 4 },
    resolve: { forSeconds: 0 },
    severity: 'info',
    groupBy: ['rollout'],
  },
]

const modelRules: readonly AlertRuleInput[] = [
  {
    id: 'version-rolled-back',
    name: 'Model version rolled itself back',
    about:
      'It was proven worse than what served its tier before; the last stable version serves again. Putting another version there ends the alert.',
    metric: 'version.rolled_back',
    condition: state,
    resolve: { forSeconds: 0 },
    severity: 'critical',
    groupBy: ['tier'],
  },
  {
    id: 'version-consent-withdrawn',
    name: 'Deployed version learned from withdrawn words',
    about: 'Somebody whose words it was trained on has withdrawn their consent. Retire it, or train it anew.',
    metric: 'version.consent_withdrawn',
    condition: state,
    resolve: { forSeconds: 0 },
    severity: 'warning',
    groupBy: ['version'],
  },
  {
    id: 'fine-tuning-failed',
    name: 'Fine-tuning job failed',
    about: 'The job says why. Retiring it ends the alert.',
    metric: 'fine_tuning.failed',
    condition: state,
    resolve: { forSeconds: 0 },
    severity: 'warning',
    groupBy: ['job'],
  },
  {
    id: 'fine-tuning-unpriced',
    name: 'Training without a price',
    about: 'The price book does not say what training this model costs. Set its price of training.',
    metric: 'fine_tuning.unpriced',
    condition: state,
    resolve: { forSeconds: 0 },
    severity: 'info',
    groupBy: ['job'],
  },
]

const moneyRules: readonly AlertRuleInput[] = [
  {
    id: 'cost-hour',
    name: 'Costly hour',
    about: 'The last 60 minutes cost more than the limit, over all accounts.',
    metric: 'cost.hour_usd',
    condition: { kind: 'threshold', comparison: 'above', limit: 100 },
    resolve: { margin: 0.1, forSeconds: 60 },
    severity: 'warning',
  },
  {
    id: 'cost-day',
    name: 'Costly day',
    about: 'Today (UTC) cost more than the limit, over all accounts.',
    metric: 'cost.day_usd',
    condition: { kind: 'threshold', comparison: 'above', limit: 1_000 },
    severity: 'warning',
  },
  {
    id: 'cost-unpriced',
    name: 'Usage without a price',
    about: 'The price book does not know this model: its requests stand in no total until it does.',
    metric: 'cost.unpriced_requests',
    condition: { kind: 'threshold', comparison: 'above', limit: 0 },
    severity: 'warning',
    groupBy: ['deployment'],
  },
  {
    id: 'cost-anomaly',
    name: 'Costs more than usual',
    about:
      'A creator or an operation costs more than the weeks before promised; the sentence says since when and why. Dismiss it on Costs if it is meant.',
    metric: 'cost.anomaly_usd_per_day',
    condition: { kind: 'threshold', comparison: 'at_least', limit: 10 },
    resolve: { margin: 0.2, forSeconds: 0 },
    severity: 'warning',
    groupBy: ['account', 'by', 'subject'],
  },
  ...[80, 90, 100].map(
    (percent): AlertRuleInput => ({
      id: `budget-${percent}`,
      name: percent === 100 ? 'Budget used up' : `Budget used to ${percent} %`,
      about: 'A hard budget refuses requests once it is used up; an override lifts it for a while.',
      metric: 'budget.used_ratio',
      condition: { kind: 'threshold', comparison: 'at_least', limit: percent / 100 },
      resolve: { forSeconds: 0 },
      severity: percent === 100 ? 'critical' : 'warning',
      groupBy: ['budget', 'account'],
    }),
  ),
  {
    id: 'reconciliation-variance',
    name: 'Invoice and ledger differ',
    about: 'The import of an invoice shows another cost than the ledger. The import names the likely cause.',
    metric: 'reconciliation.variance_ratio',
    condition: { kind: 'threshold', comparison: 'above', limit: 0.02 },
    severity: 'warning',
    groupBy: ['import'],
  },
]

const auditRules: readonly AlertRuleInput[] = [
  {
    id: 'audit-verification-failed',
    name: 'The audit log was changed',
    about:
      'Verifying the chain found an entry that is not what was sealed. Keep the database as it is and investigate.',
    metric: 'audit.verification_failed',
    condition: state,
    resolve: { forSeconds: 0 },
    severity: 'critical',
  },
  {
    id: 'audit-unsealed',
    name: 'The audit log is not sealed',
    about:
      'Entries wait for their place in the chain: no instance seals, or a transaction that writes to the log stays open.',
    metric: 'audit.unsealed_seconds',
    condition: { kind: 'threshold', comparison: 'above', limit: 600 },
    forSeconds: 60,
    resolve: { forSeconds: 0 },
    severity: 'warning',
  },
]

const experimentRules: readonly AlertRuleInput[] = [
  {
    id: 'experiment-guardrail',
    name: 'Experiment stopped a variant',
    about:
      'A guardrail proved that a variant harms; its units are served as before. Conclude the experiment when you have looked.',
    metric: 'experiment.guardrail_stopped',
    condition: state,
    severity: 'warning',
    groupBy: ['experiment', 'variant'],
    resolve: { forSeconds: 0 },
  },
  {
    id: 'experiment-mismatch',
    name: 'Experiment is not split as intended',
    about: 'Something keeps units away from a variant, so the verdict is held. Find it, then start anew.',
    metric: 'experiment.sample_mismatch',
    condition: state,
    severity: 'warning',
    groupBy: ['experiment'],
    resolve: { forSeconds: 0 },
  },
]

/** Rules that are there from the start. Operators may change them and switch them off; their ids stay. */
export const builtInRules: readonly AlertRule[] = [
  ...objectiveRules,
  ...breakerRules,
  ...capacityRules,
  ...dualWriteRules,
  ...rolloutRules,
  ...trafficRules,
  ...experimentRules,
  ...modelRules,
  ...moneyRules,
  ...auditRules,
].map((rule) => alertRule.parse(rule))

/** Metrics that somebody observes: a rule on another would never fire. */
export const alertMetrics: readonly string[] = [...new Set(builtInRules.map(({ metric }) => metric))].sort()
