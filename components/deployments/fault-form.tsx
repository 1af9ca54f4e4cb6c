'use client'

import { Group, Select, Stack, Text } from '@mantine/core'
import { IconBolt } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useScriptFault } from '#components/data/use-faults'
import { useMe } from '#components/data/use-me'
import { useUrlParams } from '#components/data/use-url-params'
import { FaultFields } from '#components/deployments/fault-fields'
import { faultKinds } from '#components/deployments/fault-kinds'
import {
  type FaultNumbers,
  faultSpans,
  freshNumbers,
  writeFault,
} from '#components/deployments/fault-numbers'
import { faultTargetGroups } from '#components/deployments/fault-targets'
import { GuardedButton } from '#components/ui/guarded-button'
import { notifyDone } from '#components/ui/notify'
import { Panel } from '#components/ui/panel'
import type { DeploymentView } from '#lib/contracts/deployments'
import { SIMULATOR_FAULT_KINDS, type SimulatorFaultKind } from '#lib/contracts/simulator'

const kindOptions = SIMULATOR_FAULT_KINDS.map((kind) => ({ value: kind, label: faultKinds[kind].label }))

/** Tells the simulator to misbehave for a while. What and where stand in the address, so that others can link here. */
export function FaultForm({ deployments }: { deployments: readonly DeploymentView[] }) {
  const { get, set } = useUrlParams()
  const groups = faultTargetGroups(deployments)
  const targets = groups.flatMap(({ items }) => items)
  const target = targets.find(({ value }) => value === get('target')) ?? targets[0]
  const kind = readKind(get('kind'))
  const [numbers, setNumbers] = useState<FaultNumbers>(freshNumbers)
  const script = useScriptFault()
  const span = faultSpans.find(({ ms }) => ms === numbers.durationMs)?.label ?? ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!target) return
    script.mutate(writeFault({ target: target.value, kind, numbers, nowMs: Date.now() }), {
      onSuccess: () =>
        notifyDone(`Fault scripted: ${faultKinds[kind].label}`, `On ${target.label}, for ${span}.`),
    })
  }
  return (
    <Panel title="Script a fault" hint="it ends by itself">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <WhyNot />
          <Select
            label="Where"
            data={groups}
            value={target?.value ?? null}
            onChange={(value) => set({ target: value })}
            allowDeselect={false}
            searchable
          />
          <Select
            label="Fault"
            data={kindOptions}
            value={kind}
            onChange={(value) => set({ kind: value })}
            allowDeselect={false}
            searchable
            description={faultKinds[kind].effect}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
          <FaultFields kind={kind} numbers={numbers} onChange={setNumbers} />
          {script.error ? (
            <Text size="sm" c="var(--c-bad)" role="alert">
              {script.error.message}
            </Text>
          ) : null}
          <Group>
            <GuardedButton
              needs="admin"
              type="submit"
              leftSection={<IconBolt size={14} />}
              disabled={!target}
              loading={script.isPending}
            >
              Script fault for {span}
            </GuardedButton>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}

/** Said before the form is filled in, not after. */
function WhyNot() {
  const { data } = useMe()
  if (!data || data.role === 'admin') return null
  return (
    <Text size="sm" c="dimmed">
      Faults change what callers get, so only admins script and clear them; your role is {data.role}. What is
      active can be watched by everyone.
    </Text>
  )
}

function readKind(text: string | null): SimulatorFaultKind {
  return SIMULATOR_FAULT_KINDS.find((kind) => kind === text) ?? 'server_error'
}
