'use client'

import { ActionIcon, SegmentedControl, Textarea } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { PlaygroundMessage } from '#components/playground/conversation'
import classes from './playground.module.css'

const roles = [
  { value: 'user', label: 'User' },
  { value: 'assistant', label: 'Assistant' },
]

export interface MessageFieldsProps {
  messages: readonly PlaygroundMessage[]
  onChange: (messages: readonly PlaygroundMessage[]) => void
}

/** The turns of the conversation, each with its role. */
export function MessageFields({ messages, onChange }: MessageFieldsProps) {
  const change = (key: string, part: Partial<PlaygroundMessage>) =>
    onChange(messages.map((message) => (message.key === key ? { ...message, ...part } : message)))
  return (
    <>
      {messages.map(({ key, role, content }, index) => (
        <div key={key} className={classes.message}>
          <div className={classes.messageHead}>
            <SegmentedControl
              size="xs"
              aria-label={`Role of message ${index + 1}`}
              data={roles}
              value={role}
              onChange={(value) => change(key, { role: value === 'assistant' ? 'assistant' : 'user' })}
            />
            {messages.length > 1 ? (
              <ActionIcon
                size="sm"
                color="gray"
                aria-label={`Remove message ${index + 1}`}
                onClick={() => onChange(messages.filter((message) => message.key !== key))}
              >
                <IconX size={14} />
              </ActionIcon>
            ) : null}
          </div>
          <Textarea
            aria-label={`Message ${index + 1}`}
            placeholder={index === 0 ? 'Say something' : undefined}
            autosize
            minRows={3}
            maxRows={14}
            value={content}
            onChange={(event) => change(key, { content: event.currentTarget.value })}
          />
        </div>
      ))}
    </>
  )
}
