'use client'

import { useMemo } from 'react'
import { ChangesPanel } from '#components/costs/changes-panel'
import { CostBar } from '#components/costs/cost-bar'
import { CostBreakdown } from '#components/costs/cost-breakdown'
import { CostDays } from '#components/costs/cost-days'
import { CostTiles } from '#components/costs/cost-tiles'
import { CostTrend } from '#components/costs/cost-trend'
import { parseCostView } from '#components/costs/cost-view'
import { ForecastPanel } from '#components/costs/forecast-panel'
import { PriceBookPanel } from '#components/costs/price-book-panel'
import { ProvisionedPanel } from '#components/costs/provisioned-panel'
import { RecommendationsPanel } from '#components/costs/recommendations-panel'
import { ReconciliationPanel } from '#components/costs/reconciliation-panel'
import { useUrlParams } from '#components/data/use-url-params'
import { Page } from '#components/ui/page'
import classes from './costs.module.css'

/** Where does the money go, and what will the month be? */
export function CostsPage() {
  const { get } = useUrlParams()
  // Read once a visit of a view: reports that go on have no end of their own.
  const nowMs = useMemo(() => Date.now(), [])
  const view = useMemo(() => parseCostView(get, nowMs), [get, nowMs])
  const parts = { view, nowMs }
  return (
    <Page>
      <CostBar {...parts} />
      <CostTiles {...parts} />
      <ForecastPanel />
      <CostTrend {...parts} />
      <ChangesPanel view={view} />
      <div className={classes.columns}>
        <CostBreakdown {...parts} />
        <CostDays {...parts} />
      </div>
      <RecommendationsPanel />
      <ProvisionedPanel view={view} nowMs={nowMs} />
      <ReconciliationPanel />
      <PriceBookPanel />
    </Page>
  )
}
