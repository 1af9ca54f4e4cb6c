import { IconSnowflake } from '@tabler/icons-react'
import { regionPhaseWords } from '#components/deployments/state-words'
import { StateTag } from '#components/ui/state-tag'
import type { RegionView } from '#lib/contracts/regions'

/** Phase of a region, and whether it is frozen. */
export function RegionState({ region }: { region: Pick<RegionView, 'phase' | 'frozen'> }) {
  const { tone, word, icon } = regionPhaseWords[region.phase]
  return (
    <>
      <StateTag tone={tone} icon={icon} look={tone === 'bad' ? 'solid' : tone === 'good' ? 'plain' : 'soft'}>
        {word}
      </StateTag>
      {region.frozen ? (
        <StateTag tone="info" icon={IconSnowflake}>
          frozen
        </StateTag>
      ) : null}
    </>
  )
}
