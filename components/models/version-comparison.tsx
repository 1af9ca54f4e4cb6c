import { costPerThousand, priceWords, qualityText, versionName } from '#components/models/model-words'
import { formatMs } from '#components/ui/format-duration'
import { formatCount, formatRatio } from '#components/ui/format-number'
import { ScrollRegion } from '#components/ui/scroll-region'
import type { VersionView } from '#lib/contracts/models'
import classes from './models.module.css'

const rows: readonly { label: string; value: (version: VersionView) => string }[] = [
  { label: 'Requests, 24 h', value: ({ figures }) => formatCount(figures.requests) },
  { label: 'Errors', value: ({ figures }) => formatRatio(figures.errorRatio) },
  { label: 'Latency p95', value: ({ figures }) => formatMs(figures.latencyP95Ms) },
  { label: 'First token p95', value: ({ figures }) => formatMs(figures.firstTokenP95Ms) },
  { label: 'USD per 1,000 requests', value: ({ figures }) => costPerThousand(figures.costPerRequestPicoUsd) },
  { label: 'Priced', value: ({ price }) => priceWords(price) },
  { label: 'Quality, 0–1', value: ({ quality }) => qualityText(quality) },
  { label: 'Stage', value: ({ stage }) => stage },
  { label: 'Retires', value: ({ lifecycle }) => lifecycle?.retiresOn ?? '–' },
]

/** Versions side by side. */
export function VersionComparison({ versions }: { versions: readonly VersionView[] }) {
  return (
    <ScrollRegion label="Comparison table" className={classes.compare}>
      <table aria-label="Versions side by side">
        <thead>
          <tr>
            <th scope="col">
              <span className={classes.soft}>Figure</span>
            </th>
            {versions.map((version) => (
              <th key={version.id} scope="col">
                {versionName(version)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, value }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {versions.map((version) => (
                <td key={version.id}>{value(version)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
