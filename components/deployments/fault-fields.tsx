'use client'

import { NumberInput, Select } from '@mantine/core'
import { faultKinds } from '#components/deployments/fault-kinds'
import { type FaultNumbers, faultSpans } from '#components/deployments/fault-numbers'
import type { SimulatorFaultKind } from '#lib/contracts/simulator'
import classes from './faults.module.css'

export interface FaultFieldsProps {
  kind: SimulatorFaultKind
  numbers: FaultNumbers
  onChange: (numbers: FaultNumbers) => void
}

/** How long, how often, and what else the kind reads. */
export function FaultFields({ kind, numbers, onChange }: FaultFieldsProps) {
  return (
    <div className={classes.fields}>
      <Select
        label="Ends after"
        data={faultSpans.map(({ ms, label }) => ({ value: String(ms), label }))}
        value={String(numbers.durationMs)}
        onChange={(value) => onChange({ ...numbers, durationMs: Number(value ?? numbers.durationMs) })}
        allowDeselect={false}
      />
      <NumberField
        label="Requests hit, %"
        value={numbers.percent}
        min={1}
        max={100}
        onChange={(percent) => onChange({ ...numbers, percent })}
      />
      {faultKinds[kind].fields.map(({ name, label, initial }) => (
        <NumberField
          key={name}
          label={label}
          value={numbers.fields[name] ?? initial}
          min={name === 'status' ? 500 : 0}
          max={name === 'status' ? 599 : 600_000}
          onChange={(value) => onChange({ ...numbers, fields: { ...numbers.fields, [name]: value } })}
        />
      ))}
    </div>
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
