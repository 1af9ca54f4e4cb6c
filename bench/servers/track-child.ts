import type { ChildProcess } from 'node:child_process'

const alive = new Set<ChildProcess>()

/** Registers a process this bench started, so that `endChildren` ends it whatever happens. Returns it. */
export function trackChild<Child extends ChildProcess>(child: Child): Child {
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  return child
}

/** Asks with SIGTERM, by pid, and insists with SIGKILL after `patienceMs`; resolves when the process is gone. */
export async function endChild(child: ChildProcess, patienceMs = 15_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  const insist = setTimeout(() => {
    console.error(
      `process ${child.pid} (${child.spawnargs.slice(1, 3).join(' ')}) did not end on SIGTERM: SIGKILL`,
    )
    child.kill('SIGKILL')
  }, patienceMs)
  child.kill('SIGTERM')
  await promise
  clearTimeout(insist)
}

/** Ends everything that is still alive. */
export async function endChildren(): Promise<void> {
  await Promise.all([...alive].map((child) => endChild(child, 5_000)))
}

/** For the last moment, when nothing can be awaited any more. */
export function killChildrenNow(): void {
  for (const child of alive) child.kill('SIGKILL')
}
