import { formatRatio } from '#components/ui/format-number'
import { formatExactTime } from '#components/ui/format-time'
import type { TrafficCellView } from '#lib/contracts/traffic'
import classes from './traffic.module.css'

const kinds = ['legacy', 'azure', 'canary'] as const
type Parts = Readonly<Record<(typeof kinds)[number], number>>

const words = { legacy: 'legacy', azure: 'Azure', canary: 'canary' } as const

/** Who answered as a bar, who is meant to as a thin one below it; both as one sentence for those who do not see them. */
export function SplitBar({
  label,
  cell: { actual, intended, countedSince },
}: {
  label: string
  cell: Pick<TrafficCellView, 'actual' | 'intended' | 'countedSince'>
}) {
  const answered = sum(actual) === 0 ? 'nothing was asked' : `answered by ${sayParts(actual)}`
  const since = countedSince === null ? '' : ` since its last change, ${formatExactTime(countedSince)}`
  return (
    <span
      className={classes.split}
      role="img"
      aria-label={`${label}: ${answered}${since}; intended ${sayParts(intended)}`}
      title={`${answered}${since}; intended ${sayParts(intended)}`}
    >
      <Bar parts={actual} className={classes.actual} hasWords />
      <Bar parts={intended} className={classes.intended} />
    </span>
  )
}

function Bar({ parts, className, hasWords }: { parts: Parts; className?: string; hasWords?: boolean }) {
  const total = sum(parts)
  return (
    <span className={className} data-empty={total === 0 || undefined}>
      {kinds
        .filter((kind) => parts[kind] > 0)
        .map((kind) => (
          <span
            key={kind}
            className={classes.part}
            data-kind={kind}
            style={{ width: `${(parts[kind] / total) * 100}%` }}
          >
            {hasWords && parts[kind] / total >= 0.14 ? (
              <span className={classes.partWords}>{formatRatio(parts[kind] / total)}</span>
            ) : null}
          </span>
        ))}
    </span>
  )
}

function sayParts(parts: Parts): string {
  const total = sum(parts)
  return kinds
    .filter((kind) => parts[kind] > 0)
    .map((kind) => `${words[kind]} ${formatRatio(parts[kind] / total)}`)
    .join(', ')
}

function sum({ legacy, azure, canary }: Parts): number {
  return legacy + azure + canary
}
