'use client'

import { IconArrowBackUp } from '@tabler/icons-react'
import { useState } from 'react'
import { useSwitches } from '#components/data/use-traffic'
import { ThrowSwitchModal } from '#components/traffic/throw-switch-modal'
import { GuardedButton } from '#components/ui/guarded-button'
import type { SwitchScope } from '#lib/traffic/traffic-config'
import classes from './rollback-button.module.css'

/** The rollback switch on every page: one click opens it, a typed word and a reason throw it. */
export function RollbackButton() {
  const { data } = useSwitches()
  const [scope, setScope] = useState<SwitchScope | null>(null)
  if (!data) return null
  return (
    <>
      <GuardedButton
        needs="operator"
        size="compact-sm"
        variant="default"
        onClick={() => setScope({ kind: 'all' })}
        aria-label="Roll back to the legacy providers"
      >
        <IconArrowBackUp size={15} aria-hidden />
        <span className={classes.word}>Roll back</span>
      </GuardedButton>
      <ThrowSwitchModal scope={scope} view={data} onScope={setScope} onClose={() => setScope(null)} />
    </>
  )
}
