'use client'

import { Select, SimpleGrid } from '@mantine/core'
import { useDeployments } from '#components/data/use-deployments'

/** Where a key's requests go and how its streams come, as the form keeps it. */
export interface KeyRoute {
  region: string
  mode: 'prefer' | 'require'
  stream: '' | 'progressive' | 'complete'
}

export const anywhere: KeyRoute = { region: '', mode: 'prefer', stream: '' }

export function routeFields({ region, mode, stream }: KeyRoute) {
  return {
    region: region === '' ? null : { name: region, mode },
    streamMode: stream === '' ? null : stream,
  }
}

const modes = [
  { value: 'prefer', label: 'Prefers it' },
  { value: 'require', label: 'Never leaves it' },
]
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
  const { data } = useDeployments()
  const regions = (data?.regions ?? []).filter(({ role }) => role !== 'legacy').map(({ name }) => name)
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <Select
        label="Region"
        description="Where it is served."
        data={[{ value: '', label: 'Any' }, ...regions]}
        value={route.region}
        onChange={(region) => onChange({ ...route, region: region ?? '' })}
        allowDeselect={false}
      />
      <Select
        label="When it fails there"
        description="A required one is never left."
        data={modes}
        value={route.mode}
        onChange={(mode) => onChange({ ...route, mode: mode === 'require' ? 'require' : 'prefer' })}
        disabled={route.region === ''}
        allowDeselect={false}
      />
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
