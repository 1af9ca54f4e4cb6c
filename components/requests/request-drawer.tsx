'use client'

import { Drawer, Skeleton, Stack } from '@mantine/core'
import { useRequest } from '#components/data/use-request'
import { useUrlParams } from '#components/data/use-url-params'
import { RequestReport } from '#components/requests/request-report'
import { ErrorNotice } from '#components/ui/error-notice'

/** One request in full. Its address is the list's with `request`, so it can be linked to. */
export function RequestDrawer() {
  const { get, set } = useUrlParams()
  const id = get('request')
  const { data, error, refetch } = useRequest(id)
  return (
    <Drawer
      opened={id !== null}
      onClose={() => set({ request: null }, 'push')}
      position="right"
      size={760}
      title="Request"
      closeButtonProps={{ 'aria-label': 'Close request' }}
    >
      {data ? <RequestReport request={data} /> : null}
      {!data && error ? (
        <ErrorNotice what="The request" error={error} onRetry={() => void refetch()} />
      ) : null}
      {!data && !error ? (
        <Stack role="status" aria-label="Loading the request">
          <Skeleton height={24} width="60%" />
          <Skeleton height={64} />
          <Skeleton height={140} />
          <Skeleton height={220} />
        </Stack>
      ) : null}
    </Drawer>
  )
}
