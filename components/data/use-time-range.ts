'use client'

import { useMemo } from 'react'
import { parseRange } from '#components/data/time-range'
import { useUrlParams } from '#components/data/use-url-params'
import type { TimeRangeQuery } from '#lib/contracts/time-range'

export interface TimeRange {
  query: TimeRangeQuery
  choose(query: TimeRangeQuery): void
}

/** The page's time range, kept in the address. Choosing one leaves cursors behind, since they belong to the old range. */
export function useTimeRange(): TimeRange {
  const { get, set } = useUrlParams()
  const [range, from, to] = [get('range'), get('from'), get('to')]
  const query = useMemo(() => parseRange((name) => ({ range, from, to })[name] ?? null), [range, from, to])
  return {
    query,
    choose: (next) =>
      set({
        range: next.range === '15m' ? null : next.range,
        from: next.range === 'custom' ? (next.from ?? null) : null,
        to: next.range === 'custom' ? (next.to ?? null) : null,
        cursor: null,
      }),
  }
}
