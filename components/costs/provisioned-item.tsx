import { type CostView, requestsHref } from '#components/costs/cost-view'
import { type Column, DataTable } from '#components/ui/data-table'
import { FactList } from '#components/ui/fact-list'
import { formatCost } from '#components/ui/format-cost'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { QuietLink } from '#components/ui/quiet-link'
import { StateTag } from '#components/ui/state-tag'
import type { ProvisionedCosts } from '#lib/contracts/costs'
import { formatUsd } from '#lib/costs/format-usd'
import classes from './provisioned.module.css'

type Provisioned = ProvisionedCosts[number]
type Served = Provisioned['operations'][number]

/** One deployment: the verdict, the figures behind it, and what its cost was spent on. */
export function ProvisionedItem({ one, view }: { one: Provisioned; view: CostView }) {
  const href = (operation: string) => requestsHref(view, { deploymentId: one.deploymentId, operation })
  return (
    <li className={classes.item}>
      <p className={classes.head}>
        <QuietLink href={`/deployments?deployment=${encodeURIComponent(one.deploymentId)}`}>
          {one.deploymentId}
        </QuietLink>
        <span className={classes.soft}>
          {one.model}, {formatCount(one.units)} PTU
        </span>
        <Verdict one={one} />
      </p>
      <Utilisation one={one} />
      <FactList
        facts={[
          [
            'Units × hours × price',
            one.fixedPicoUsd === null
              ? `no price: ${one.model} has no PTU-hour in the price book`
              : `${formatCost(one.fixedPicoUsd)} for ${formatCount(one.hours)} hours`,
          ],
          [
            'The same by the token',
            `${formatCost(one.payAsYouGoPicoUsd)} for ${formatCount(one.requests)} requests`,
          ],
          [
            'Breaks even at',
            one.breakEvenUtilisation === null
              ? null
              : `${formatRatio(one.breakEvenUtilisation)} of its throughput${one.breakEvenUtilisation > 1 ? ': more than it has' : ''}`,
          ],
        ]}
      />
      {one.operations.length > 0 ? (
        <DataTable
          label={`Operations of ${one.deploymentId}`}
          columns={columns(href)}
          rows={one.operations}
          rowKey={({ operation }) => operation}
        />
      ) : null}
    </li>
  )
}

function Verdict({ one }: { one: Provisioned }) {
  const { fixedPicoUsd, payAsYouGoPicoUsd, requests } = one
  if (fixedPicoUsd === null) return <StateTag tone="warn">no price per unit</StateTag>
  if (requests === 0) return <StateTag tone="warn">served nothing</StateTag>
  const saved = BigInt(payAsYouGoPicoUsd) - BigInt(fixedPicoUsd)
  return saved >= 0n ? (
    <StateTag tone="good">{formatUsd(saved)} cheaper than by the token</StateTag>
  ) : (
    <StateTag tone="warn">{formatUsd(-saved)} dearer than by the token</StateTag>
  )
}

/** How full it was, with a mark where it breaks even. */
function Utilisation({ one }: { one: Provisioned }) {
  const { utilisation, peakUtilisation, breakEvenUtilisation } = one
  if (utilisation === null)
    return <p className={classes.soft}>How many tokens a unit of {one.model} serves is not known.</p>
  const left = (share: number) => `${Math.min(100, share * 100)}%`
  return (
    <div>
      <div className={classes.track} aria-hidden>
        <span className={classes.fill} style={{ width: left(utilisation) }} />
        {breakEvenUtilisation !== null && breakEvenUtilisation <= 1 ? (
          <span className={classes.mark} style={{ left: left(breakEvenUtilisation) }} />
        ) : null}
      </div>
      <p className={classes.soft}>
        {formatRatio(utilisation)} of its throughput used
        {peakUtilisation === null ? '' : `, ${formatRatio(peakUtilisation)} in the busiest hour`}
      </p>
    </div>
  )
}

function columns(href: (operation: string) => string): Column<Served>[] {
  return [
    {
      id: 'operation',
      label: 'Operation',
      sortBy: ({ operation }) => operation,
      render: ({ operation }) => operation,
    },
    {
      id: 'requests',
      label: 'Requests',
      numeric: true,
      sortBy: ({ requests }) => requests,
      render: ({ operation, requests }) => (
        <QuietLink href={href(operation)} label={`${formatCount(requests)} requests of ${operation}`}>
          {formatCount(requests)}
        </QuietLink>
      ),
    },
    {
      id: 'token',
      label: 'By the token',
      numeric: true,
      sortBy: ({ payAsYouGoPicoUsd }) => BigInt(payAsYouGoPicoUsd),
      render: ({ payAsYouGoPicoUsd }) => formatCost(payAsYouGoPicoUsd),
    },
    {
      id: 'amortised',
      label: 'Its share of the units',
      numeric: true,
      sortBy: ({ amortisedPicoUsd }) => BigInt(amortisedPicoUsd),
      render: ({ amortisedPicoUsd }) => formatCost(amortisedPicoUsd),
    },
  ]
}
