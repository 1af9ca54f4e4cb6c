'use client'

import { Select } from '@mantine/core'
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconMoonFilled,
  IconXboxXFilled,
} from '@tabler/icons-react'
import { useDeployments } from '#components/data/use-deployments'
import { useUrlParams } from '#components/data/use-url-params'
import type { Overview } from '#lib/contracts/overview'
import classes from './health-sentence.module.css'

const states = {
  healthy: { icon: IconCircleCheckFilled, word: 'Healthy' },
  degraded: { icon: IconAlertTriangleFilled, word: 'Degraded' },
  down: { icon: IconXboxXFilled, word: 'Down' },
  idle: { icon: IconMoonFilled, word: 'Idle' },
} as const

/** The answer to the page's question in one sentence, before any number. */
export function HealthSentence({ overview }: { overview: Overview }) {
  const { icon: Icon, word } = states[overview.state]
  return (
    <div className={classes.row}>
      <div className={classes.state} data-state={overview.state}>
        <Icon size={22} aria-hidden />
        <p className={classes.sentence}>
          <span className={classes.word}>{word}.</span> {overview.sentence}
        </p>
      </div>
      <TierSelect />
    </div>
  )
}

function TierSelect() {
  const { get, set } = useUrlParams()
  const { data } = useDeployments()
  const chosen = get('tier')
  const names = data?.tiers.map(({ name }) => name) ?? (chosen ? [chosen] : [])
  return (
    <Select
      aria-label="Tier"
      placeholder="All tiers"
      w={132}
      data={names}
      value={chosen}
      onChange={(tier) => set({ tier })}
      clearable
    />
  )
}
