'use client'

import { ActionIcon, Kbd, Tooltip, UnstyledButton } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import classes from './search-button.module.css'

/** Opens the palette of pages, actions and requests. */
export function SearchButton() {
  return (
    <>
      <UnstyledButton className={classes.button} onClick={spotlight.open} visibleFrom="md">
        <IconSearch size={14} aria-hidden />
        Go to…
        <Kbd size="xs">⌘K</Kbd>
      </UnstyledButton>
      <Tooltip label="Go to… (⌘K)">
        <ActionIcon color="gray" size="md" hiddenFrom="md" aria-label="Go to…" onClick={spotlight.open}>
          <IconSearch size={16} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
