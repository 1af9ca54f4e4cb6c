'use client'

import { Button, Kbd, MultiSelect, NumberInput, Switch, Textarea } from '@mantine/core'
import { IconPlayerPlayFilled, IconPlayerStopFilled, IconPlus } from '@tabler/icons-react'
import type { FormEvent, KeyboardEvent } from 'react'
import { useDeployments } from '#components/data/use-deployments'
import type { Conversation } from '#components/playground/conversation'
import { MessageFields } from '#components/playground/message-fields'
import { GuardedButton } from '#components/ui/guarded-button'
import classes from './playground.module.css'

export interface ConversationFormProps {
  conversation: Conversation
  onChange: (conversation: Conversation) => void
  running: boolean
  note: string | null
  onRun: () => void
  onStop: () => void
}

const mostTargets = 3

/** What is asked, of whom, with which parameters. */
export function ConversationForm({
  conversation,
  onChange,
  running,
  note,
  onRun,
  onStop,
}: ConversationFormProps) {
  const change = (part: Partial<Conversation>) => onChange({ ...conversation, ...part })
  const ready =
    conversation.targets.length > 0 && conversation.messages.some(({ content }) => content.trim() !== '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready && !running) onRun()
  }
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) submit(event)
  }
  return (
    <form className={classes.form} onSubmit={submit} onKeyDown={submitByKey} aria-label="Conversation">
      <TargetSelect targets={conversation.targets} onChange={(targets) => change({ targets })} />
      {note ? <p className={classes.note}>{note}</p> : null}
      <Textarea
        label="System"
        placeholder="Optional: how it should behave"
        autosize
        minRows={2}
        maxRows={8}
        value={conversation.system}
        onChange={(event) => change({ system: event.currentTarget.value })}
      />
      <MessageFields messages={conversation.messages} onChange={(messages) => change({ messages })} />
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={13} />}
          onClick={() => change({ messages: [...conversation.messages, nextMessage(conversation)] })}
        >
          Message
        </Button>
      </div>
      <Parameters conversation={conversation} onChange={change} />
      <div className={classes.actions}>
        {running ? (
          <Button
            size="sm"
            variant="default"
            leftSection={<IconPlayerStopFilled size={14} />}
            onClick={onStop}
          >
            Stop
          </Button>
        ) : (
          <GuardedButton
            needs="operator"
            size="sm"
            type="submit"
            leftSection={<IconPlayerPlayFilled size={13} />}
            disabled={!ready}
          >
            Run
          </GuardedButton>
        )}
        <span className={classes.shortcut}>
          <Kbd size="xs">⌘</Kbd> <Kbd size="xs">Enter</Kbd>
        </span>
      </div>
    </form>
  )
}

function nextMessage({ messages }: Conversation): Conversation['messages'][number] {
  const role = messages.at(-1)?.role === 'user' ? 'assistant' : 'user'
  const highest = Math.max(-1, ...messages.map(({ key }) => Number(key.slice(1))))
  return { key: `m${highest + 1}`, role, content: '' }
}

function TargetSelect({
  targets,
  onChange,
}: {
  targets: readonly string[]
  onChange: (targets: string[]) => void
}) {
  const { data } = useDeployments()
  const tiers = data?.tiers.map(({ name }) => name) ?? []
  const deployments = data?.deployments.map(({ id }) => id).filter((id) => !tiers.includes(id)) ?? []
  // A model named in the address may be an alias that the catalog lists under another id.
  const known = new Set([...tiers, ...deployments])
  const others = targets.filter((target) => !known.has(target))
  return (
    <MultiSelect
      label="Tiers or deployments"
      description={`Up to ${mostTargets}, answered side by side.`}
      data={[
        { group: 'Tiers', items: tiers },
        { group: 'Deployments', items: deployments },
        ...(others.length > 0 ? [{ group: 'Other', items: others }] : []),
      ]}
      value={[...targets]}
      onChange={onChange}
      maxValues={mostTargets}
      searchable={targets.length < mostTargets}
      hidePickedOptions
    />
  )
}

function Parameters(props: { conversation: Conversation; onChange: (part: Partial<Conversation>) => void }) {
  const { conversation, onChange } = props
  return (
    <div className={classes.params}>
      <NumberInput
        label="Temperature"
        min={0}
        max={2}
        step={0.1}
        decimalScale={2}
        value={conversation.temperature}
        onChange={(value) => {
          if (typeof value === 'number') onChange({ temperature: value })
        }}
      />
      <NumberInput
        label="Output limit, tokens"
        min={1}
        max={128_000}
        step={64}
        allowDecimal={false}
        value={conversation.maxTokens}
        onChange={(value) => {
          if (typeof value === 'number') onChange({ maxTokens: value })
        }}
      />
      <Switch
        size="xs"
        label="Stream"
        checked={conversation.stream}
        onChange={(event) => onChange({ stream: event.currentTarget.checked })}
      />
      <Switch
        size="xs"
        label="JSON mode"
        checked={conversation.jsonMode}
        onChange={(event) => onChange({ jsonMode: event.currentTarget.checked })}
      />
    </div>
  )
}
