import type { Column } from '#components/ui/data-table'
import { GuardedButton } from '#components/ui/guarded-button'
import { ProviderMark } from '#components/ui/provider-mark'
import type { PriceView } from '#lib/contracts/prices'
import { priceKindNames, priceKinds } from '#lib/costs/price-kinds'
import classes from './costs.module.css'

const alwaysThere = '1970-01-01'

/** Model, a column for each kind of price, since when, and where it was read. */
export function priceColumns(onWithdraw: (price: PriceView) => void): Column<PriceView>[] {
  return [
    {
      id: 'model',
      label: 'Model',
      sortBy: ({ model }) => model,
      render: ({ provider, model }) => <ProviderMark provider={provider}>{model}</ProviderMark>,
    },
    {
      id: 'provider',
      label: 'Provider',
      sortBy: ({ provider }) => provider,
      render: ({ provider }) => provider,
    },
    ...priceKindNames.map(
      (kind): Column<PriceView> => ({
        id: kind,
        label: priceKinds[kind].label,
        numeric: true,
        sortBy: ({ rates }) => (rates[kind] === undefined ? null : Number(rates[kind])),
        render: ({ rates }) =>
          rates[kind] === undefined ? <span className={classes.soft}>–</span> : `$${rates[kind]}`,
      }),
    ),
    {
      id: 'from',
      label: 'Holds',
      sortBy: ({ effectiveFrom }) => effectiveFrom,
      render: ({ effectiveFrom, effectiveTo, current }) => (
        <span className={current ? undefined : classes.soft}>
          {effectiveFrom === alwaysThere ? 'always' : `from ${effectiveFrom}`}
          {effectiveTo ? ` to ${effectiveTo}` : ''}
          {current ? '' : ' (not now)'}
        </span>
      ),
    },
    {
      id: 'source',
      label: 'Source',
      render: ({ source, asOf }) => (
        <span className={classes.name} title={source}>
          {asOf}: {source}
        </span>
      ),
    },
    {
      id: 'act',
      label: '',
      render: (price) =>
        price.id === null ? null : (
          <GuardedButton
            needs="admin"
            size="compact-xs"
            variant="default"
            aria-label={`Withdraw the price of ${price.model} from ${price.effectiveFrom}`}
            onClick={() => onWithdraw(price)}
          >
            Withdraw
          </GuardedButton>
        ),
    },
  ]
}
