'use client'

import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import { QueryProvider } from '#components/data/query-provider'
import { cssVariablesResolver, theme } from '#components/ui/theme'

/** Everything a page needs around it: theme, server state, dialogs, notices. `nonce` marks inline styles. */
export function AppProviders({ children, nonce }: { children: ReactNode; nonce: string | undefined }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariablesResolver}
      getStyleNonce={() => nonce ?? ''}
    >
      <QueryProvider>
        <ModalsProvider>
          <Notifications position="bottom-left" limit={3} />
          {children}
        </ModalsProvider>
      </QueryProvider>
    </MantineProvider>
  )
}
