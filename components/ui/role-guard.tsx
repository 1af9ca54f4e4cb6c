'use client'

import { Tooltip } from '@mantine/core'
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
  return (
    <Tooltip label={`Needs the role ${needs}; yours is ${data.role}.`}>
      <span>{children(true)}</span>
    </Tooltip>
  )
}
