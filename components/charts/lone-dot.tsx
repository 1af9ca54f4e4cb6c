export interface LoneDotProps {
  cx?: number
  cy?: number
  index: number
  /** Every point of the line; `y` is null in a gap. */
  points: readonly { y?: number | null }[]
  stroke?: string
}

/** A dot for a value between two gaps, which a line alone would not show. */
export function LoneDot({ cx, cy, index, points, stroke }: LoneDotProps) {
  const isGap = (point: LoneDotProps['points'][number] | undefined) => typeof point?.y !== 'number'
  if (isGap(points[index]) || !isGap(points[index - 1]) || !isGap(points[index + 1])) return null
  return <circle cx={cx} cy={cy} r={2} fill={stroke} />
}
