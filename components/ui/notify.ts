import { notifications } from '@mantine/notifications'

/** A short notice of something that happened. */
export function notifyDone(title: string, message?: string): void {
  notifications.show({ title, message, color: 'ink', autoClose: 5000 })
}

/** Something the person asked for did not happen; stays until closed. */
export function notifyFailed(title: string, error: unknown): void {
  const message = error instanceof Error ? error.message : 'The reason is not known.'
  notifications.show({ title, message, color: 'red', autoClose: false })
}
