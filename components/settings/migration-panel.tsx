'use client'

import { Button, Group, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core'
import { useState } from 'react'
import { useUpdateSettings } from '#components/data/use-settings'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import { ReasonModal } from '#components/ui/reason-modal'
import { RoleGuard } from '#components/ui/role-guard'
import type { SettingsView } from '#lib/contracts/settings'

type Draft = Pick<SettingsView, 'dualWrite' | 'cutover'>

/** How stores that move are compared, and what the cutover checklist asks. */
export function MigrationPanel({ settings }: { settings: SettingsView }) {
  const [draft, setDraft] = useState<Draft | null>(null)
  const [asking, setAsking] = useState(false)
  const update = useUpdateSettings()
  const stored: Draft = { dualWrite: settings.dualWrite, cutover: settings.cutover }
  const shown = draft ?? stored
  const changed = JSON.stringify(shown) !== JSON.stringify(stored)
  const close = () => {
    update.reset()
    setAsking(false)
  }
  const confirm = (reason: string) =>
    update.mutate(
      { ...shown, reason },
      {
        onSuccess: () => {
          notifyDone('The migration’s settings are changed')
          setDraft(null)
          close()
        },
      },
    )
  return (
    <Panel title="Migration" hint="dual-write and cutover checklist">
      <Stack gap="sm">
        <DualWriteFields draft={shown} onChange={setDraft} />
        <CutoverFields draft={shown} onChange={setDraft} />
        <Group>
          <RoleGuard needs="admin">
            {(disabled) => (
              <Button disabled={disabled || !changed} onClick={() => setAsking(true)}>
                Change migration
              </Button>
            )}
          </RoleGuard>
        </Group>
      </Stack>
      <ReasonModal
        opened={asking}
        title="Change migration"
        effect="Every instance compares stores and reads the cutover checklist by these numbers from now on."
        verb="Change migration"
        busy={update.isPending}
        error={update.error}
        onClose={close}
        onConfirm={confirm}
      />
    </Panel>
  )
}

interface DraftFields {
  draft: Draft
  onChange: (draft: Draft) => void
}

function DualWriteFields({ draft, onChange }: DraftFields) {
  const { dualWrite } = draft
  const put = (change: Partial<Draft['dualWrite']>) =>
    onChange({ ...draft, dualWrite: { ...dualWrite, ...change } })
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <Field
          label="Compared reads, %"
          value={dualWrite.shadowReadBps / 100}
          max={100}
          onChange={(percent) => put({ shadowReadBps: Math.round(percent * 100) })}
        />
        <Field
          label="Stores are compared every, hours"
          value={dualWrite.reconcileEveryHours}
          min={1}
          max={720}
          onChange={(hours) => put({ reconcileEveryHours: Math.round(hours) })}
        />
      </SimpleGrid>
      <Switch
        label="Repair what differs when stores are compared"
        checked={dualWrite.repairs}
        onChange={(event) => put({ repairs: event.currentTarget.checked })}
      />
    </>
  )
}

function CutoverFields({ draft, onChange }: DraftFields) {
  const { cutover } = draft
  const put = (change: Partial<Draft['cutover']>) =>
    onChange({ ...draft, cutover: { ...cutover, ...change } })
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <Field
        label="Least parity of answers, %"
        value={toPercent(cutover.minimumParity)}
        max={100}
        onChange={(percent) => put({ minimumParity: percent / 100 })}
      />
      <Field
        label="Least compared pairs"
        value={cutover.minimumParityPairs}
        min={1}
        max={1_000_000}
        onChange={(pairs) => put({ minimumParityPairs: Math.round(pairs) })}
      />
      <Field
        label="Oldest backup, hours"
        value={cutover.backupWithinHours}
        min={1}
        max={8_760}
        onChange={(hours) => put({ backupWithinHours: Math.round(hours) })}
      />
      <Field
        label="Oldest invoice, days"
        value={cutover.invoiceWithinDays}
        min={1}
        max={366}
        onChange={(days) => put({ invoiceWithinDays: Math.round(days) })}
      />
      <Field
        label="Invoice and ledger may differ by, %"
        value={toPercent(cutover.maximumVariance)}
        max={100}
        onChange={(percent) => put({ maximumVariance: percent / 100 })}
      />
    </SimpleGrid>
  )
}

/** Without the last digits that a binary fraction leaves. */
function toPercent(share: number): number {
  return Math.round(share * 10_000) / 100
}

interface FieldProps {
  label: string
  value: number
  min?: number
  max: number
  onChange: (value: number) => void
}

function Field({ label, value, min = 0, max, onChange }: FieldProps) {
  return (
    <NumberInput
      label={label}
      min={min}
      max={max}
      decimalScale={2}
      value={value}
      onChange={(next) => {
        if (typeof next === 'number') onChange(next)
      }}
    />
  )
}
