import { randomUUID } from 'node:crypto'
import type { ArmSettings } from '#lib/contracts/simulator'
import { WireError } from '#server/simulator/wire-error'

/** A deployment as it was written. */
export interface ArmDeployment {
  sku: { name: string; capacity: number } & Readonly<Record<string, unknown>>
  tags?: unknown
  properties: Readonly<Record<string, unknown>>
}

/** A deployment as it is read. */
export interface ArmResource {
  deployment: ArmDeployment
  provisioningState: 'Creating' | 'Updating' | 'Deleting' | 'Succeeded'
}

/** A change under way. Times are epoch milliseconds. */
export interface ArmOperation {
  id: string
  status: 'InProgress' | 'Succeeded' | 'Failed'
  startedAtMs: number
  endedAtMs: number | null
  error: { code: string; message: string } | null
}

/** Where a deployment is; names are compared without their case. */
export interface ArmPlace {
  subscription: string
  group: string
  account: string
  deployment: string
}

/** The resource manager's memory of deployments and operations. */
export interface ArmBook {
  configure(settings: ArmSettings): void
  /** Settings, and how many changes were accepted. */
  report(): Required<ArmSettings> & { operations: number }
  find(place: ArmPlace): ArmResource | null
  /**
   * Begins a change (`deployment` null: its end); `onDone` runs when it succeeds.
   * @throws WireError 409 while another operation runs on the account, 400 beyond the quota.
   */
  begin(change: { place: ArmPlace; deployment: ArmDeployment | null; onDone: () => void }): ArmOperation
  /** One look at an operation, which brings it nearer to its end; null = there is none. */
  poll(id: string): ArmOperation | null
}

interface Running {
  operation: ArmOperation
  accountKey: string
  pollsLeft: number
  end(): void
}

const accountKeyOf = ({ subscription, group, account }: ArmPlace) =>
  `${subscription}/${group}/${account}`.toLowerCase()
const keyOf = (place: ArmPlace) => `${accountKeyOf(place)}/${place.deployment.toLowerCase()}`

/** `now` is epoch milliseconds. */
export function createArmBook(now: () => number): ArmBook {
  const settings: Required<ArmSettings> = {
    inProgressPolls: 1,
    retryAfterSeconds: 1,
    quotaUnits: null,
    failNextOperations: 0,
    // So that a dead client does not block its account.
    longestMs: 60_000,
  }
  const resources = new Map<string, ArmResource>()
  const operations = new Map<string, Running>()

  const endOverdue = () => {
    for (const running of operations.values()) {
      const { status, startedAtMs } = running.operation
      if (status === 'InProgress' && now() - startedAtMs >= settings.longestMs) running.end()
    }
  }
  const requireIdle = (accountKey: string) => {
    endOverdue()
    for (const running of operations.values()) {
      if (running.accountKey === accountKey && running.operation.status === 'InProgress') throw busy()
    }
  }
  const requireQuota = (place: ArmPlace, wanted: number) => {
    const { quotaUnits } = settings
    if (quotaUnits === null) return
    const others = [...resources].filter(
      ([key]) => key.startsWith(`${place.subscription.toLowerCase()}/`) && key !== keyOf(place),
    )
    const used = others.reduce((sum, [, { deployment }]) => sum + deployment.sku.capacity, 0)
    if (used + wanted > quotaUnits) throw beyondQuota({ wanted, used, quotaUnits })
  }
  const takeFailure = () => {
    if (settings.failNextOperations === 0) return false
    settings.failNextOperations -= 1
    return true
  }

  return {
    configure: (wanted) => {
      Object.assign(
        settings,
        Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)),
      )
    },
    report: () => ({ ...settings, operations: operations.size }),
    find: (place) => {
      endOverdue()
      return resources.get(keyOf(place)) ?? null
    },
    begin: ({ place, deployment, onDone }) => {
      requireIdle(accountKeyOf(place))
      if (deployment) requireQuota(place, deployment.sku.capacity)
      const key = keyOf(place)
      const before = resources.get(key)
      const fails = takeFailure()
      const operation: ArmOperation = {
        id: randomUUID(),
        status: 'InProgress',
        startedAtMs: now(),
        endedAtMs: null,
        error: null,
      }
      if (deployment) resources.set(key, { deployment, provisioningState: before ? 'Updating' : 'Creating' })
      else if (before) resources.set(key, { ...before, provisioningState: 'Deleting' })
      const end = () => {
        operation.endedAtMs = now()
        if (!fails) {
          operation.status = 'Succeeded'
          if (deployment) resources.set(key, { deployment, provisioningState: 'Succeeded' })
          else resources.delete(key)
          return onDone()
        }
        operation.status = 'Failed'
        operation.error = failed
        if (before) resources.set(key, before)
        else resources.delete(key)
      }
      const accountKey = accountKeyOf(place)
      operations.set(operation.id, { operation, accountKey, pollsLeft: settings.inProgressPolls, end })
      return operation
    },
    poll: (id) => {
      const running = operations.get(id)
      if (!running) return null
      if (running.operation.status === 'InProgress' && running.pollsLeft === 0) running.end()
      running.pollsLeft = Math.max(0, running.pollsLeft - 1)
      return running.operation
    },
  }
}

const failed = { code: 'DeploymentFailed', message: '[simulated] The operation failed, as scripted.' }

function busy(): WireError {
  return new WireError({
    status: 409,
    code: 'RequestConflict',
    message: '[simulated] Another operation is being performed on the account; retry when it has ended.',
  })
}

function beyondQuota({
  wanted,
  used,
  quotaUnits,
}: Record<'wanted' | 'used' | 'quotaUnits', number>): WireError {
  return new WireError({
    status: 400,
    code: 'InsufficientQuota',
    message: `[simulated] This operation requires ${wanted} capacity, which is more than the ${quotaUnits - used} that the subscription has left of its quota of ${quotaUnits}.`,
  })
}
