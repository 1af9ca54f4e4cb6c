import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { requestsPageSize } from '#components/data/use-requests'
import classes from './requests-page.module.css'

/** Says how many rows wait while the list is held still, and shows them when asked. */
export function NewRowsPill({ count, onShow }: { count: number; onShow: () => void }) {
  const words = count >= requestsPageSize ? `${requestsPageSize} or more new` : `${count} new`
  return (
    <Button
      className={classes.pill}
      size="compact-sm"
      radius="xl"
      leftSection={<IconArrowUp size={13} />}
      onClick={onShow}
    >
      {words}
    </Button>
  )
}
