'use client'

import { Button, Group, Text } from '@mantine/core'
import { usePreviewRule } from '#components/data/use-alerts'
import { formatExactTime } from '#components/ui/format-time'
import type { AlertRule } from '#lib/alerts/alert-rule'

/** What the rule would have said of the past day. */
export function RulePreviewNote({ rule }: { rule: AlertRule }) {
  const preview = usePreviewRule()
  const { data, error } = preview
  return (
    <Group gap="sm" align="center">
      <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate({ rule })}>
        Try on the past day
      </Button>
      <Text size="sm" role="status">
        {data ? sentence(data.samples, data.firings) : (error?.message ?? '')}
      </Text>
    </Group>
  )
}

function sentence(samples: number, firings: readonly { firedAt: string }[]): string {
  if (samples === 0) return 'Nothing was observed of this metric in the past day.'
  const last = firings.at(-1)
  if (!last) return `It would not have fired (${samples} values).`
  const times = firings.length === 1 ? 'once' : `${firings.length} times`
  return `It would have fired ${times}, last at ${formatExactTime(last.firedAt)}.`
}
