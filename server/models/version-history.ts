import type { VersionHistory } from '#lib/contracts/models'
import type { ModelParts } from '#server/models/model-parts'
import { deploymentVersions } from '#server/models/placements'
import { readHistory } from '#server/models/version-figures'
import { requireVersion } from '#server/models/versions'

const dayMs = 86_400_000

/** What a version did by UTC days, today among them. @throws AppError `not_found` */
export async function versionHistory(
  parts: ModelParts,
  { id, days }: { id: string; days: number },
): Promise<VersionHistory> {
  await requireVersion(parts.db.orm, id)
  const all = await deploymentVersions(parts)
  const versionOf = new Map([...all].filter(([, version]) => version === id))
  const nowMs = parts.clock.nowMs()
  const fromMs = Math.floor(nowMs / dayMs) * dayMs - (days - 1) * dayMs
  return readHistory(parts.db, { versionOf, fromMs, toMs: nowMs + 1 })
}
