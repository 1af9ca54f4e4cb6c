'use client'

import { Modal } from '@mantine/core'
import { RuleForm } from '#components/alerts/rule-form'
import type { AlertRule } from '#lib/alerts/alert-rule'
import type { AlertRuleView } from '#lib/contracts/alerts'

const blank: AlertRule = {
  id: '',
  name: '',
  about: '',
  metric: 'budget.used_ratio',
  where: {},
  condition: { kind: 'threshold', comparison: 'at_least', limit: 0.7 },
  overrides: [],
  forSeconds: 0,
  resolve: { margin: 0, forSeconds: 60 },
  minimumSample: 0,
  severity: 'warning',
  groupBy: [],
  enabled: true,
}

export interface RuleModalProps {
  /** Null = a new rule. */
  view: AlertRuleView | null
  metrics: readonly string[]
  onClose: () => void
}

/** One rule: what it says, what it would have said of the past day, and changing it. */
export function RuleModal({ view, metrics, onClose }: RuleModalProps) {
  return (
    <Modal opened onClose={onClose} title={view?.rule.name ?? 'New rule'} size="lg">
      <RuleForm view={view} initial={view?.rule ?? blank} metrics={metrics} onClose={onClose} />
    </Modal>
  )
}
