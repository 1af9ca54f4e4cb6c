'use client'

import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import { IconBolt } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useScriptFault } from '#components/data/use-faults'
import { type FaultField, faultKinds } from '#components/deployments/fault-kinds'
import { faultTargets } from '#components/deployments/fault-target'
import { notifyDone } from '#components/ui/notify'
import { RoleGuard } from '#components/ui/role-guard'
import type { DeploymentView } from '#lib/contracts/deployments'
import { SIMULATOR_FAULT_KINDS, type SimulatorFaultKind } from '#lib/contracts/simulator'
import classes from './deployments.module.css'

const kindOptions = SIMULATOR_FAULT_KINDS.map((kind) => ({ value: kind, label: faultKinds[kind].label }))

/** Tells the simulator to misbehave for a while, to see how routing takes it. */
export function FaultForm({ deployment }: { deployment: DeploymentView }) {
  const targets = faultTargets(deployment)
  const [target, setTarget] = useState(targets[0]?.value ?? deployment.deployment)
  const [kind, setKind] = useState<SimulatorFaultKind>('server_error')
  const [seconds, setSeconds] = useState(60)
  const [percent, setPercent] = useState(100)
  const [extras, setExtras] = useState<Partial<Record<FaultField['name'], number>>>({})
  const script = useScriptFault()
  const { effect, fields } = faultKinds[kind]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const values = Object.fromEntries(fields.map(({ name, initial }) => [name, extras[name] ?? initial]))
    script.mutate(
      {
        deployment: target,
        kind,
        probability: percent / 100,
        expiresAtMs: Date.now() + seconds * 1000,
        ...values,
      },
      {
        onSuccess: () =>
          notifyDone(`Fault scripted: ${faultKinds[kind].label}`, `On ${target} for ${seconds} s.`),
      },
    )
  }
  return (
    <section aria-label="Script a fault">
      <h3 className={classes.heading}>Script a fault</h3>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Group grow gap="sm" align="start">
            <Select
              label="Fault"
              data={kindOptions}
              value={kind}
              onChange={(value) => setKind(SIMULATOR_FAULT_KINDS.find((known) => known === value) ?? kind)}
              allowDeselect={false}
              searchable
            />
            <Select
              label="Where"
              data={targets.map(({ value, label }) => ({ value, label }))}
              value={target}
              onChange={(value) => setTarget(value ?? target)}
              allowDeselect={false}
            />
          </Group>
          <Text size="sm" c="dimmed">
            {effect}
          </Text>
          <div className={classes.fields}>
            <NumberField label="Duration, s" value={seconds} min={1} max={3600} onChange={setSeconds} />
            <NumberField label="Requests hit, %" value={percent} min={1} max={100} onChange={setPercent} />
            {fields.map((field) => (
              <NumberField
                key={field.name}
                label={field.label}
                value={extras[field.name] ?? field.initial}
                min={0}
                max={field.name === 'status' ? 599 : 600_000}
                onChange={(value) => setExtras({ ...extras, [field.name]: value })}
              />
            ))}
          </div>
          {script.error ? (
            <Text size="sm" c="var(--c-bad)" role="alert">
              {script.error.message}
            </Text>
          ) : null}
          <Group>
            <RoleGuard needs="admin">
              {(disabled) => (
                <Button
                  type="submit"
                  leftSection={<IconBolt size={14} />}
                  disabled={disabled}
                  loading={script.isPending}
                >
                  Script fault for {seconds} s
                </Button>
              )}
            </RoleGuard>
          </Group>
        </Stack>
      </form>
    </section>
  )
}

interface NumberFieldProps {
  label: string
  value: number
  min: number
  max: number
  onChange: (value: number) => void
}

function NumberField({ label, value, min, max, onChange }: NumberFieldProps) {
  return (
    <NumberInput
      label={label}
      value={value}
      min={min}
      max={max}
      allowDecimal={false}
      onChange={(next) => {
        if (typeof next === 'number') onChange(next)
      }}
    />
  )
}
