'use client'

import { Button, Group, NumberInput, Stack } from '@mantine/core'
import { useState } from 'react'
import { useUpdateSettings } from '#components/data/use-settings'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { RoleGuard } from '#components/ui/role-guard'
import type { SettingsView } from '#lib/contracts/settings'

/** How long requests and their attempts are kept. */
export function RetentionPanel({ settings }: { settings: SettingsView }) {
  const [ledgerDays, setLedgerDays] = useState<number | null>(null)
  const [attemptDays, setAttemptDays] = useState<number | null>(null)
  const [asking, setAsking] = useState(false)
  const update = useUpdateSettings()
  const ledger = ledgerDays ?? settings.ledgerRetentionDays
  const attempts = attemptDays ?? settings.attemptRetentionDays
  const changed = ledger !== settings.ledgerRetentionDays || attempts !== settings.attemptRetentionDays
  const close = () => {
    update.reset()
    setAsking(false)
  }
  const confirm = (reason: string) =>
    update.mutate(
      { ledgerRetentionDays: ledger, attemptRetentionDays: attempts, reason },
      {
        onSuccess: () => {
          notifyDone('Retention is changed', `Requests ${ledger} days, attempts ${attempts} days.`)
          setLedgerDays(null)
          setAttemptDays(null)
          close()
        },
      },
    )
  return (
    <Panel title="Retention" hint="whole months are dropped when all their days are past it">
      <Stack gap="sm">
        <Group gap="md" align="start">
          <DaysInput
            label="Requests, days"
            description="35 to 3,650"
            min={35}
            value={ledger}
            onChange={setLedgerDays}
          />
          <DaysInput
            label="Attempts, days"
            description="7 to 3,650"
            min={7}
            value={attempts}
            onChange={setAttemptDays}
          />
        </Group>
        <Group>
          <RoleGuard needs="admin">
            {(disabled) => (
              <Button disabled={disabled || !changed} onClick={() => setAsking(true)}>
                Change retention
              </Button>
            )}
          </RoleGuard>
        </Group>
      </Stack>
      <ReasonModal
        opened={asking}
        title="Change retention"
        effect={effect({ settings, ledger, attempts })}
        verb="Change retention"
        busy={update.isPending}
        error={update.error}
        onClose={close}
        onConfirm={confirm}
      />
    </Panel>
  )
}

interface DaysInputProps {
  label: string
  description: string
  min: number
  value: number
  onChange: (days: number) => void
}

function DaysInput({ label, description, min, value, onChange }: DaysInputProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      w={180}
      min={min}
      max={3650}
      allowDecimal={false}
      value={value}
      onChange={(next) => {
        if (typeof next === 'number') onChange(next)
      }}
    />
  )
}

/** Shorter retention deletes for good, which the sentence has to say. */
function effect(parts: { settings: SettingsView; ledger: number; attempts: number }): string {
  const { settings, ledger, attempts } = parts
  const change = `Requests are kept ${ledger} days (now ${settings.ledgerRetentionDays}), attempts ${attempts} days (now ${settings.attemptRetentionDays}).`
  const shorter = ledger < settings.ledgerRetentionDays || attempts < settings.attemptRetentionDays
  return shorter ? `${change} What is older is deleted for good at the next maintenance.` : change
}
