'use client'

import { Tooltip, VisuallyHidden } from '@mantine/core'
import type { ReactElement } from 'react'
import { useHasRole, useMe } from '#components/data/use-me'
import type { Role } from '#lib/contracts/access'

/** Hands its child `disabled`, and says which role it takes where the person's is too low. */
export function RoleGuard({
  needs,
  children,
}: {
  needs: Role
  children: (disabled: boolean) => ReactElement
}) {
  const allowed = useHasRole(needs)
  const { data } = useMe()
  if (allowed || data === undefined) return children(!allowed)
  const words = `Needs the role ${needs}; yours is ${data.role}.`
  // A disabled button takes no focus, so the words also stand behind it for those who never hover.
  return (
    <Tooltip label={words}>
      <span>
        {children(true)}
        <VisuallyHidden> {words}</VisuallyHidden>
      </span>
    </Tooltip>
  )
}
