import { Skeleton } from '@mantine/core'
import tiles from './metric-tile.module.css'
import page from './overview-page.module.css'

const tileNames = ['requests', 'errors', 'latency', 'first token', 'tokens', 'cost']
const chartNames = ['outcome', 'tier', 'cost', 'latency', 'first token', 'incidents']

/** The page's outline in its final size. */
export function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading the overview" className={page.content}>
      <Skeleton height={26} mt={3} mb={3} maw={560} />
      <div className={tiles.tiles}>
        {tileNames.map((name) => (
          <Skeleton key={name} height={126} radius="lg" />
        ))}
      </div>
      <div className={page.charts}>
        {chartNames.map((name) => (
          <Skeleton key={name} height={262} radius="lg" />
        ))}
      </div>
    </div>
  )
}
