'use client'

import { Select, SimpleGrid } from '@mantine/core'
import { chosenRegion, type RegionChoice, RegionFields } from '#components/access/region-fields'

/** Where a key's requests go and how its streams come, as the form keeps it. */
export interface KeyRoute extends RegionChoice {
  stream: '' | 'progressive' | 'complete'
}

export const anywhere: KeyRoute = { region: '', mode: 'prefer', stream: '' }

export function routeFields(route: KeyRoute) {
  return { region: chosenRegion(route), streamMode: route.stream === '' ? null : route.stream }
}

const streams = [
  { value: '', label: 'As the tier says' },
  { value: 'progressive', label: 'Token by token' },
  { value: 'complete', label: 'Held until whole' },
]

/** Region and stream mode of a key; both may be left to the tier. */
export function KeyRouteFields({
  route,
  onChange,
}: {
  route: KeyRoute
  onChange: (route: KeyRoute) => void
}) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <RegionFields choice={route} onChange={onChange} />
      <Select
        label="Streams"
        description="A caller’s header wins."
        data={streams}
        value={route.stream}
        onChange={(stream) =>
          onChange({ ...route, stream: stream === 'progressive' || stream === 'complete' ? stream : '' })
        }
        allowDeselect={false}
      />
    </SimpleGrid>
  )
}
