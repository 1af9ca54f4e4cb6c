'use client'

import { useQuery } from '@tanstack/react-query'
import { fetchJson } from '#components/data/fetch-json'
import { forecastView, recommendationsView } from '#lib/contracts/cost-advice'

/** What the running month will have cost. */
export function useForecast() {
  return useQuery({
    queryKey: ['costs', 'forecast'],
    queryFn: ({ signal }) => fetchJson(forecastView, '/api/admin/costs/forecast', { signal }),
    meta: { quietMs: 60_000 },
  })
}

/** What would have cost less over the last week. */
export function useRecommendations() {
  return useQuery({
    queryKey: ['costs', 'recommendations'],
    queryFn: ({ signal }) => fetchJson(recommendationsView, '/api/admin/costs/recommendations', { signal }),
    meta: { quietMs: 600_000 },
  })
}
