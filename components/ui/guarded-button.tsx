'use client'

import { Button, type ButtonProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { RoleGuard } from '#components/ui/role-guard'
import type { Role } from '#lib/contracts/access'

export interface GuardedButtonProps extends ButtonProps {
  needs: Role
  type?: 'button' | 'submit'
  onClick?: () => void
  'aria-label'?: string
  children: ReactNode
}

/** A button that only people of a role may press; the others are told which role it takes. */
export function GuardedButton({ needs, disabled, ...button }: GuardedButtonProps) {
  return (
    <RoleGuard needs={needs}>
      {(refused) => <Button {...button} disabled={refused || Boolean(disabled)} />}
    </RoleGuard>
  )
}
