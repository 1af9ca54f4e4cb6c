import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { SwitchScope } from '#lib/traffic/traffic-config'
import { newId } from '#server/access/new-id'
import { readSigningKeys } from '#server/audit/signing-keys'
import { runCli } from '#server/cli/run-cli'
import { readEnv } from '#server/config/env'
import { StartUpError } from '#server/config/start-up-error'
import { orderFileName, signOrder } from '#server/traffic/signed-order'

const usage = `usage: npm run rollback -- --by NAME --reason TEXT [--scope SCOPE] [--return] [--out FILE]

Signs a file that throws the rollback switch, or takes it back with --return, without the database. SCOPE is "all" (the
default), "tier:NAME", "operation:NAME" or "operation:NAME@TIER". The file goes to ${orderFileName} in HUNTAZE_DATA_DIR, where
the instance over that directory obeys it within a second; --out writes it elsewhere, to be copied into the data
directory of every instance within the hour. Signed with HUNTAZE_SIGNING_KEY, else the data directory's key.`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      by: { type: 'string' },
      reason: { type: 'string' },
      scope: { type: 'string', default: 'all' },
      return: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { by, reason } = values
  if (values.help || !by || !reason) {
    console.log(usage)
    if (!values.help) process.exitCode = 2
    return
  }
  const result = readEnv()
  if (!result.ok) throw new StartUpError(result.problems)
  const path = values.out ?? join(result.env.HUNTAZE_DATA_DIR, orderFileName)
  const order = {
    id: newId('tsw'),
    action: values.return ? ('return' as const) : ('roll_back' as const),
    scope: parseScope(values.scope),
    by,
    reason,
    at: new Date().toISOString(),
  }
  writeFileSync(path, signOrder(order, readSigningKeys(result.env)), { mode: 0o600 })
  console.log(`${order.id} written to ${path}`)
}

/** @throws Error naming the forms. */
function parseScope(text: string): SwitchScope {
  if (text === 'all') return { kind: 'all' }
  const [kind, name = ''] = text.split(':', 2)
  if (kind === 'tier' && name !== '') return { kind, tier: name }
  const [operation = '', tier = null] = name.split('@', 2)
  if (kind === 'operation' && operation !== '') return { kind, operation, tier }
  throw new Error(`--scope "${text}" is none of all, tier:NAME, operation:NAME, operation:NAME@TIER`)
}

await runCli('rollback', main)
