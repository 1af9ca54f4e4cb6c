'use client'

import { Skeleton } from '@mantine/core'
import { useQuotas } from '#components/data/use-quotas'
import { BudgetsPanel } from '#components/quotas/budgets-panel'
import { OverridesPanel } from '#components/quotas/overrides-panel'
import { PlansPanel } from '#components/quotas/plans-panel'
import { UsagePanel } from '#components/quotas/usage-panel'
import { ErrorNotice } from '#components/ui/error-notice'
import { Page } from '#components/ui/page'
import { StateTag } from '#components/ui/state-tag'

/** Who is near a limit? */
export function QuotasPage() {
  const { data, error, refetch } = useQuotas()
  if (data) {
    return (
      <Page>
        {data.authority.answers ? null : (
          <StateTag tone="bad">
            Quotas cannot be counted at the moment: each plan admits or refuses as it says below
          </StateTag>
        )}
        <UsagePanel view={data} />
        <BudgetsPanel budgets={data.budgets} />
        <OverridesPanel overrides={data.overrides} />
        <PlansPanel plans={data.plans} />
      </Page>
    )
  }
  return (
    <Page>
      {error ? (
        <ErrorNotice what="The quotas" error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={420} role="status" aria-label="Loading the quotas" />
      )}
    </Page>
  )
}
