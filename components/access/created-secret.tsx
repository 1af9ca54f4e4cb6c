'use client'

import { Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { ScrollRegion } from '#components/ui/scroll-region'
import type { CreatedKey } from '#lib/contracts/access'
import classes from './access.module.css'

/** The one time at which the secret can be seen. */
export function CreatedSecret({ created, onDone }: { created: CreatedKey; onDone: () => void }) {
  const environment = `OPENAI_BASE_URL=${window.location.origin}/api/v1\nOPENAI_API_KEY=${created.secret}`
  return (
    <Stack gap="sm">
      <p className={classes.once}>Copy it now: you will not see it again. Only a hash of it is kept.</p>
      <div className={classes.secret}>
        <code data-testid="api-key-secret">{created.secret}</code>
        <Copy value={created.secret} label="Copy key" />
      </div>
      <Text size="sm">For any OpenAI SDK:</Text>
      <ScrollRegion className={classes.pre} label="Environment variables">
        {environment}
      </ScrollRegion>
      <Group justify="space-between">
        <Copy value={environment} label="Copy variables" />
        <Button onClick={onDone}>I have kept it</Button>
      </Group>
    </Stack>
  )
}

function Copy({ value, label }: { value: string; label: string }) {
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          onClick={copy}
        >
          {copied ? 'Copied' : label}
        </Button>
      )}
    </CopyButton>
  )
}
