'use client'

import { Button, Group, Modal, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ApiProblem } from '#components/data/api-problem'
import { useAddPrice } from '#components/data/use-prices'
import { notifyDone } from '#components/ui/notify'
import { newPriceBody } from '#lib/contracts/prices'
import { priceKindNames, priceKinds } from '#lib/costs/price-kinds'

const providers = newPriceBody.shape.provider.options

const texts = [
  { name: 'model', label: 'Model', placeholder: 'gpt-5.1' },
  { name: 'effectiveFrom', label: 'Holds from', type: 'date' },
  { name: 'effectiveTo', label: 'Until', type: 'date', optional: true },
  { name: 'source', label: 'Source', placeholder: 'Contract, price page' },
  { name: 'asOf', label: 'Source is of', type: 'date' },
  { name: 'reason', label: 'Reason', placeholder: 'Kept with the change' },
] as const

/** A new price of a model: what it is, from when on, and where it was read. */
export function PriceModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Set a price" size="lg">
      <PriceForm onClose={onClose} />
    </Modal>
  )
}

function PriceForm({ onClose }: { onClose: () => void }) {
  const [provider, setProvider] = useState<(typeof providers)[number]>('azure-openai')
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({})
  const add = useAddPrice()
  const value = (name: string) => fields[name] ?? ''
  const change = (name: string, text: string) => setFields({ ...fields, [name]: text })
  const problem = (path: string) =>
    add.error instanceof ApiProblem
      ? add.error.fieldErrors.find((field) => field.path === path)?.message
      : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const rates = Object.fromEntries(
      priceKindNames.flatMap((kind) => (value(kind) === '' ? [] : [[kind, value(kind)]])),
    )
    add.mutate(
      {
        provider,
        model: value('model'),
        effectiveFrom: value('effectiveFrom'),
        effectiveTo: value('effectiveTo') || null,
        rates,
        source: value('source'),
        asOf: value('asOf'),
        reason: value('reason'),
      },
      {
        onSuccess: () => {
          notifyDone(`${value('model')} has a new price`)
          onClose()
        },
      },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select
            label="Provider"
            data={providers}
            value={provider}
            onChange={(next) => setProvider(providers.find((one) => one === next) ?? provider)}
            allowDeselect={false}
          />
          {texts.map((field) => (
            <TextInput
              key={field.name}
              label={field.label}
              type={'type' in field ? field.type : 'text'}
              placeholder={'placeholder' in field ? field.placeholder : undefined}
              required={!('optional' in field)}
              value={value(field.name)}
              onChange={(event) => change(field.name, event.currentTarget.value)}
              error={problem(field.name)}
            />
          ))}
        </SimpleGrid>
        <SimpleGrid cols={{ base: 2, xs: 3 }} spacing="sm">
          {priceKindNames.map((kind) => (
            <TextInput
              key={kind}
              label={priceKinds[kind].label}
              description={kind === 'ptuHour' ? 'USD per unit and hour' : 'USD per million tokens'}
              inputMode="decimal"
              required={kind === 'input' || kind === 'output'}
              value={value(kind)}
              onChange={(event) => change(kind, event.currentTarget.value)}
              error={problem(`rates.${kind}`)}
            />
          ))}
        </SimpleGrid>
        {add.error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {add.error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Set the price
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
