'use client'

import { Switch } from '@mantine/core'
import { useState } from 'react'
import { useUpdateSettings } from '#components/data/use-settings'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { RoleGuard } from '#components/ui/role-guard'
import { StateTag } from '#components/ui/state-tag'
import type { SettingsView } from '#lib/contracts/settings'
import classes from './settings.module.css'

/** Whether prompts and answers are kept with requests. */
export function PromptStoragePanel({ settings }: { settings: SettingsView }) {
  const [asking, setAsking] = useState(false)
  const update = useUpdateSettings()
  const on = settings.storePrompts
  const close = () => {
    update.reset()
    setAsking(false)
  }
  const confirm = (reason: string) =>
    update.mutate(
      { storePrompts: !on, reason },
      {
        onSuccess: () => {
          notifyDone(on ? 'Prompts are no longer stored' : 'Prompts are stored from now on')
          close()
        },
      },
    )
  return (
    <Panel
      title="Prompts and answers"
      actions={<StateTag tone={on ? 'info' : 'neutral'}>{on ? 'stored, redacted' : 'not stored'}</StateTag>}
    >
      <div className={classes.setting}>
        <div>
          <p className={classes.text}>
            Keeps the text of requests and answers with the request, after personal data has been redacted.
            Useful to understand one case; off unless someone needs it.
          </p>
          <p className={classes.text}>
            Applies to requests from now on. What was kept before stays until its retention ends.
          </p>
        </div>
        <RoleGuard needs="admin">
          {(disabled) => (
            <Switch
              aria-label="Store prompts and answers"
              checked={on}
              disabled={disabled}
              onChange={() => setAsking(true)}
            />
          )}
        </RoleGuard>
      </div>
      <ReasonModal
        opened={asking}
        title={on ? 'Stop storing prompts' : 'Store prompts and answers'}
        effect={
          on
            ? 'New requests will keep their numbers only. Text that was stored stays until its retention ends.'
            : 'From now on the redacted text of every prompt and answer is stored and can be read by everyone with access to this console.'
        }
        verb={on ? 'Stop storing' : 'Store prompts'}
        busy={update.isPending}
        error={update.error}
        onClose={close}
        onConfirm={confirm}
      />
    </Panel>
  )
}
