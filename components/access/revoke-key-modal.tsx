'use client'

import { useRevokeKey } from '#components/data/use-keys'
import { notifyDone } from '#components/ui/notify'
import { ReasonModal } from '#components/ui/reason-modal'
import type { ApiKeyView } from '#lib/contracts/access'

/** Revoking cannot be undone, so it takes the key's name and a reason. */
export function RevokeKeyModal({ apiKey, onClose }: { apiKey: ApiKeyView | null; onClose: () => void }) {
  const revoke = useRevokeKey()
  const close = () => {
    revoke.reset()
    onClose()
  }
  if (!apiKey) return null
  const confirm = (reason: string) => {
    const startedMs = performance.now()
    revoke.mutate(
      { id: apiKey.id, reason },
      {
        onSuccess: () => {
          notifyDone(
            `“${apiKey.name}” is revoked`,
            `Refused with 401 from now on; confirmed after ${Math.max(1, Math.round(performance.now() - startedMs))} ms.`,
          )
          close()
        },
      },
    )
  }
  return (
    <ReasonModal
      opened
      title={`Revoke “${apiKey.name}”`}
      effect={`Every request with the key ${apiKey.prefix}… is refused at once, and this cannot be undone. ${lastUse(apiKey)}`}
      verb="Revoke key"
      typedWord={apiKey.name}
      danger
      busy={revoke.isPending}
      error={revoke.error}
      onClose={close}
      onConfirm={confirm}
    />
  )
}

function lastUse({ lastUsedAt }: ApiKeyView): string {
  if (lastUsedAt === null) return 'It was never used.'
  return `It was last used on ${new Date(lastUsedAt).toLocaleString()}.`
}
