import classes from './sparkline.module.css'

export interface SparklineProps {
  /** Oldest first; null is a gap and stays one. */
  values: readonly (number | null)[]
  /** Any CSS colour. */
  color?: string
  height?: number
  /** Value at the top edge unless one is larger; the bottom edge is 0, or the lowest value below it. */
  top?: number
}

const width = 120

/** The shape of a number over time, without axes. It repeats what stands beside it, so it is hidden from screen readers. */
export function Sparkline({ values, color = 'var(--c-p50)', height = 28, top }: SparklineProps) {
  const runs = findRuns(values)
  const largest = Math.max(top ?? 0, ...values.map((value) => value ?? 0))
  const x = (index: number) => (values.length < 2 ? width / 2 : (index / (values.length - 1)) * width)
  const lowest = Math.min(0, ...values.map((value) => value ?? 0))
  const span = largest - lowest
  const y = (value: number) =>
    span === 0 ? height - 1 : height - 1 - ((value - lowest) / span) * (height - 3)
  return (
    <svg
      className={classes.root}
      style={{ height, color }}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {runs.map((run) => {
        const points = run.map(({ index, value }) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`)
        const [first, last] = [run[0], run.at(-1)]
        if (!first || !last) return null
        return (
          <g key={first.index}>
            <polygon
              className={classes.area}
              points={`${x(first.index).toFixed(1)},${height} ${points.join(' ')} ${x(last.index).toFixed(1)},${height}`}
            />
            <polyline
              className={classes.line}
              points={
                points.length === 1
                  ? `${points[0]} ${(x(first.index) + 0.5).toFixed(1)},${y(first.value)}`
                  : points.join(' ')
              }
            />
          </g>
        )
      })}
    </svg>
  )
}

/** Stretches without a gap. */
function findRuns(values: readonly (number | null)[]): { index: number; value: number }[][] {
  const runs: { index: number; value: number }[][] = []
  let open: { index: number; value: number }[] | null = null
  values.forEach((value, index) => {
    if (value === null) {
      open = null
      return
    }
    if (!open) {
      open = []
      runs.push(open)
    }
    open.push({ index, value })
  })
  return runs
}
