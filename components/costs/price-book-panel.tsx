'use client'

import { Skeleton, TextInput } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { priceColumns } from '#components/costs/price-columns'
import { PriceModal } from '#components/costs/price-modal'
import { usePrices, useWithdrawPrice } from '#components/data/use-prices'
import { useUrlParams } from '#components/data/use-url-params'
import { DataTable } from '#components/ui/data-table'
import { ErrorNotice } from '#components/ui/error-notice'
import { GuardedButton } from '#components/ui/guarded-button'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { ScrollRegion } from '#components/ui/scroll-region'
import type { PriceView } from '#lib/contracts/prices'
import classes from './costs.module.css'

/** What a token costs, since when, and who says so. */
export function PriceBookPanel() {
  const { data, error, refetch } = usePrices()
  const { get, set } = useUrlParams()
  const [search, setSearch] = useState('')
  const [withdrawing, setWithdrawing] = useState<PriceView | null>(null)
  const shown = data?.prices.filter(({ provider, model }) =>
    `${provider} ${model}`.toLowerCase().includes(search.trim().toLowerCase()),
  )
  return (
    <Panel
      title="Price book"
      hint={data ? `version ${data.version}; USD per million tokens` : undefined}
      flush
      actions={
        <GuardedButton
          needs="admin"
          leftSection={<IconPlus size={14} />}
          onClick={() => set({ price: 'new' })}
        >
          Set a price
        </GuardedButton>
      }
    >
      {!data && error ? (
        <ErrorNotice what="The price book" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? <Skeleton height={180} role="status" aria-label="Loading the price book" /> : null}
      {data && shown ? (
        <>
          <TextInput
            m={10}
            maw={280}
            aria-label="Find a model"
            placeholder="Model or provider"
            leftSection={<IconSearch size={14} />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <ScrollRegion label="Prices, scrolling" className={classes.prices}>
            <DataTable
              label="Prices"
              columns={priceColumns(setWithdrawing)}
              rows={shown}
              rowKey={({ id, provider, model, effectiveFrom }) =>
                id ?? `${provider} ${model} ${effectiveFrom}`
              }
            />
          </ScrollRegion>
          <p className={classes.note}>
            What was booked keeps the price it was booked with; a price holds for requests from its first day
            on.
          </p>
        </>
      ) : null}
      <PriceModal opened={get('price') === 'new'} onClose={() => set({ price: null })} />
      <WithdrawModal price={withdrawing} onClose={() => setWithdrawing(null)} />
    </Panel>
  )
}

function WithdrawModal({ price, onClose }: { price: PriceView | null; onClose: () => void }) {
  const withdraw = useWithdrawPrice()
  return (
    <ReasonModal
      opened={price !== null}
      title={`Withdraw the price of ${price?.model ?? ''}`}
      effect={`From now on ${price?.model ?? ''} is priced as if its price from ${price?.effectiveFrom ?? ''} had never been set. What was booked stays.`}
      verb="Withdraw"
      danger
      busy={withdraw.isPending}
      error={withdraw.error}
      onClose={onClose}
      onConfirm={(reason) => {
        if (price?.id) withdraw.mutate({ id: price.id, reason }, { onSuccess: onClose })
      }}
    />
  )
}
