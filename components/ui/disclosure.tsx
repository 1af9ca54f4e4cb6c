'use client'

import { Button } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'

/** Content that is shown when somebody asks for it; `initially` decides until somebody does. */
export function Disclosure({
  label,
  initially,
  children,
}: {
  /** What is behind it, e.g. `Evidence and history`. */
  label: string
  initially: boolean
  children: ReactNode
}) {
  const [asked, setAsked] = useState<boolean | null>(null)
  const id = useId()
  const open = asked ?? initially
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: 'flex-start' }}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        leftSection={
          open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />
        }
        onClick={() => setAsked(!open)}
      >
        {label}
      </Button>
      {open ? (
        <div id={id} style={{ display: 'contents' }}>
          {children}
        </div>
      ) : null}
    </>
  )
}
