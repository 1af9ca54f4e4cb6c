'use client'

import { Modal, Text } from '@mantine/core'
import { type Column, DataTable } from '#components/ui/data-table'
import { formatCost } from '#components/ui/format-cost'
import { formatCount } from '#components/ui/format-number'
import type { RecommendationsView } from '#lib/contracts/cost-advice'

type Recommendation = RecommendationsView['recommendations'][number]
type Evidence = Recommendation['evidence'][number]

const columns: Column<Evidence>[] = [
  { id: 'operation', label: 'Operation', render: ({ operation }) => operation },
  { id: 'account', label: 'Account', render: ({ accountId }) => accountId },
  { id: 'model', label: 'Tier, model', render: ({ tier, model }) => `${tier || 'none'}, ${model}` },
  {
    id: 'requests',
    label: 'Requests',
    numeric: true,
    sortBy: ({ requests }) => requests,
    render: ({ requests }) => formatCount(requests),
  },
  {
    id: 'tokens',
    label: 'Tokens in / out',
    numeric: true,
    sortBy: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    render: ({ inputTokens, outputTokens }) => `${formatCount(inputTokens)} / ${formatCount(outputTokens)}`,
  },
  {
    id: 'now',
    label: 'Cost',
    numeric: true,
    sortBy: ({ nowPicoUsd }) => BigInt(nowPicoUsd),
    render: ({ nowPicoUsd }) => formatCost(nowPicoUsd),
  },
  {
    id: 'then',
    label: 'Re-priced',
    numeric: true,
    sortBy: ({ thenPicoUsd }) => BigInt(thenPicoUsd),
    render: ({ thenPicoUsd }) => formatCost(thenPicoUsd),
  },
]

/** The rows that a recommendation re-priced, the dearest first. */
export function EvidenceModal({ of, onClose }: { of: Recommendation | null; onClose: () => void }) {
  return (
    <Modal
      opened={of !== null}
      onClose={onClose}
      title={of?.title}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {of ? (
        <>
          <Text size="sm" c="dimmed" mb="sm">
            {of.assumption}
          </Text>
          <DataTable
            label="Rows behind the recommendation"
            columns={columns}
            rows={of.evidence}
            rowKey={({ accountId, operation, tier, deploymentId, model }) =>
              [accountId, operation, tier, deploymentId, model].join('\n')
            }
          />
          {of.evidenceRows > of.evidence.length ? (
            <Text size="sm" c="dimmed" mt="sm">
              The {formatCount(of.evidence.length)} dearest of {formatCount(of.evidenceRows)} rows.
            </Text>
          ) : null}
        </>
      ) : null}
    </Modal>
  )
}
