'use client'

import { Button, Checkbox, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { anywhere, type KeyRoute, KeyRouteFields, routeFields } from '#components/access/key-route-fields'
import { ApiProblem } from '#components/data/api-problem'
import { useCreateKey } from '#components/data/use-keys'
import { useQuotas } from '#components/data/use-quotas'
import { type CreatedKey, dataPlaneScopes, type Scope, scope } from '#lib/contracts/access'

const scopeWords: Record<Scope, string> = {
  chat: 'chat completions',
  embeddings: 'embeddings',
  models: 'list models',
  usage: 'read its own usage',
  feedback: 'rate its answers',
  training: 'consents and training examples',
  admin: 'everything this console does',
}

/** Until the plans there are are known. */
const builtInPlans = ['starter', 'pro', 'scale', 'enterprise', 'unlimited']
const lifetimes = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]

/** Name, account, rights and lifetime of a new key. */
export function CreateKeyForm(props: { onCreated: (created: CreatedKey) => void; onCancel: () => void }) {
  const [name, setName] = useState('')
  const [accountId, setAccountId] = useState('')
  const [plan, setPlan] = useState('pro')
  const [scopes, setScopes] = useState<string[]>([...dataPlaneScopes])
  const [days, setDays] = useState('')
  const [route, setRoute] = useState<KeyRoute>(anywhere)
  const create = useCreateKey()
  const quotas = useQuotas()
  const plans = quotas.data?.plans.map((known) => known.name) ?? builtInPlans
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const expiresAt = days === '' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString()
    create.mutate(
      {
        name,
        accountId,
        plan,
        scopes: scope.options.filter((known) => scopes.includes(known)),
        expiresAt,
        ...routeFields(route),
      },
      { onSuccess: props.onCreated },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="What uses it, such as “creator app, production”."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={80}
          required
          data-autofocus
        />
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          <TextInput
            label="Account"
            description="Usage and cost are counted under it."
            placeholder="acc_huntaze"
            value={accountId}
            onChange={(event) => setAccountId(event.currentTarget.value)}
            error={fieldError(create.error, 'accountId')}
            pattern="[a-zA-Z0-9_\-]{1,64}"
            title="1 to 64 letters, digits, “-” or “_”"
            required
          />
          <Select
            label="Plan"
            description="Sets its limits."
            data={plans}
            value={plan}
            onChange={(value) => setPlan(value ?? 'pro')}
            allowDeselect={false}
          />
          <Select
            label="Expires"
            description="Refused from then on."
            data={lifetimes}
            value={days}
            onChange={(value) => setDays(value ?? '')}
            allowDeselect={false}
          />
        </SimpleGrid>
        <KeyRouteFields route={route} onChange={setRoute} />
        <Checkbox.Group
          label="Scopes"
          value={scopes}
          onChange={setScopes}
          error={scopes.length === 0 ? 'At least one.' : undefined}
        >
          <Stack gap={10} mt={8}>
            {scope.options.map((value) => (
              <Checkbox key={value} value={value} label={`${value}: ${scopeWords[value]}`} />
            ))}
          </Stack>
        </Checkbox.Group>
        {create.error ? (
          <Text size="sm" c="var(--c-bad)" role="alert">
            {create.error.message}
          </Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
          <Button type="submit" disabled={scopes.length === 0} loading={create.isPending}>
            Create key
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function fieldError(error: Error | null, path: string): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined
  return error.fieldErrors.find((field) => field.path === path)?.message
}
