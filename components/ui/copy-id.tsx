'use client'

import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './copy-id.module.css'

/** An identifier in full with a button that copies it. `label` says what it is, for the button's name. */
export function CopyId({ value, label }: { value: string; label: string }) {
  return (
    <span className={classes.root}>
      <code className={classes.value} title={value}>
        {value}
      </code>
      <CopyIconButton value={value} label={label} />
    </span>
  )
}

/** The copy button alone. */
export function CopyIconButton({ value, label }: { value: string; label: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${label}`}>
          <ActionIcon
            size="xs"
            color="gray"
            onClick={copy}
            aria-label={copied ? `${label} copied` : `Copy ${label}`}
          >
            {copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}
