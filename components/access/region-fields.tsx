'use client'

import { Select } from '@mantine/core'
import { useDeployments } from '#components/data/use-deployments'

/** A wish for a region as forms keep it; an empty region is none. */
export interface RegionChoice {
  region: string
  mode: 'prefer' | 'require'
}

const modes = [
  { value: 'prefer', label: 'Prefers it' },
  { value: 'require', label: 'Never leaves it' },
]

/** What the API takes for a choice. */
export function chosenRegion({ region, mode }: RegionChoice) {
  return region === '' ? null : { name: region, mode }
}

/** Where requests are served, and what holds when that place fails. */
export function RegionFields<Choice extends RegionChoice>({
  choice,
  onChange,
}: {
  choice: Choice
  onChange: (choice: Choice) => void
}) {
  const { data } = useDeployments()
  const regions = (data?.regions ?? []).filter(({ role }) => role !== 'legacy').map(({ name }) => name)
  return (
    <>
      <Select
        label="Region"
        description="Where it is served."
        data={[{ value: '', label: 'Any' }, ...regions]}
        value={choice.region}
        onChange={(region) => onChange({ ...choice, region: region ?? '' })}
        allowDeselect={false}
      />
      <Select
        label="When it fails there"
        description="A required one is never left."
        data={modes}
        value={choice.mode}
        onChange={(mode) => onChange({ ...choice, mode: mode === 'require' ? 'require' : 'prefer' })}
        disabled={choice.region === ''}
        allowDeselect={false}
      />
    </>
  )
}
