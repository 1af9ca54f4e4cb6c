import { z } from 'zod'
import { type ChainProblemKind, chainProblems } from '#lib/audit/chain-problem'
import { picoUsd } from '#lib/contracts/money'

const text = z.string().trim().min(1).max(200)
const day = z.iso.date()
const reason = z.string().trim().min(3).max(500)

/** What of the log is shown: what operators did, what the AI did, or everything. */
export const auditKind = z.enum(['operators', 'ai', 'all'])

/** `GET /api/admin/audit` (viewer): newest first. */
export const auditQuery = z.strictObject({
  kind: auditKind.default('operators'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** The whole action (`region.fail_over`) or the part before the dot (`region`). */
  action: text.optional(),
  outcome: text.optional(),
  accountId: text.optional(),
  /** Id of a user or an API key, or a pseudonym (`sub_…`). */
  actor: text.optional(),
  /** Id of a creator, a fan, a user or an API key, an e-mail address, or a pseudonym (`sub_…`). */
  subject: text.optional(),
  /** The whole resource (`deployment/we-premium`) or its kind (`deployment`). */
  resource: text.optional(),
  correlationId: text.optional(),
  /** Opaque; from `nextCursor`. */
  cursor: z
    .string()
    .regex(/^\d{1,16}$/, 'is none of ours; take it from nextCursor')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const auditEntryView = z.object({
  /** Names the entry, also before it is sealed. */
  position: z.number(),
  accountId: z.string(),
  at: z.iso.datetime(),
  action: z.string(),
  outcome: z.string(),
  /** Pseudonyms; null = the system itself, or nobody. */
  actor: z.string().nullable(),
  subject: z.string().nullable(),
  /** Id of the user or API key behind the pseudonym, while it is known. */
  actorId: z.string().nullable(),
  resource: z.string(),
  correlationId: z.string(),
  model: z.string().nullable(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costPicoUsd: picoUsd.nullable(),
  reason: z.string().nullable(),
  sealed: z.boolean(),
})

export const auditPage = z.object({ rows: z.array(auditEntryView), nextCursor: z.string().nullable() })

/** `GET /api/admin/audit/entries/{position}` (viewer) */
export const auditEntryDetail = auditEntryView.extend({
  /** JSON texts as they were hashed. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Null until it is sealed. */
  seal: z
    .object({ sequence: z.number(), hash: z.string(), sealedAt: z.iso.datetime(), keyId: z.string() })
    .nullable(),
})

const problemKinds = Object.keys(chainProblems) as [ChainProblemKind, ...ChainProblemKind[]]

export const auditProblem = z.object({
  kind: z.enum(problemKinds),
  sequence: z.number(),
  toSequence: z.number(),
})

export const auditVerificationView = z.object({
  id: z.string(),
  scope: z.enum(['whole', 'newest']),
  state: z.enum(['running', 'ok', 'failed', 'broken_off']),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  total: z.number(),
  checked: z.number(),
  toSequence: z.number(),
  problem: auditProblem.nullable(),
  /** Position of the entry at which the problem is, where it is still there. */
  problemPosition: z.number().nullable(),
  actorId: z.string().nullable(),
})

/** `POST /api/admin/audit/verifications` (operator): begins one, and answers with it. */
export const verifyAuditBody = z.strictObject({ scope: z.enum(['whole', 'newest']).default('whole') })

export const auditHoldView = z.object({
  id: z.string(),
  fromDay: day,
  reason: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  releasedAt: z.iso.datetime().nullable(),
  releasedBy: z.string().nullable(),
  releaseReason: z.string().nullable(),
})

/** `POST /api/admin/audit/holds` (admin): entries of that UTC day and later are kept until it is released. */
export const placeHoldBody = z.strictObject({ fromDay: day, reason })

/** `POST /api/admin/audit/erasures` (admin): nobody can tell any more whom the pseudonyms of this person mean. */
export const eraseAuditSubjectBody = z.strictObject({
  kind: z.enum(['user', 'api_key', 'creator', 'fan', 'email']),
  id: text,
  reason,
})

/** `GET /api/admin/audit/state` (viewer) */
export const auditState = z.object({
  /** The last sealed entry; 0 before the first. */
  sequence: z.number(),
  sealedAt: z.iso.datetime().nullable(),
  unsealed: z.object({ entries: z.number(), oldestAt: z.iso.datetime().nullable() }),
  /** The first sequence that is kept. */
  keptFrom: z.number(),
  /** Newest first. */
  verifications: z.array(auditVerificationView),
  checkpoints: z.array(
    z.object({
      sequence: z.number(),
      day,
      hash: z.string(),
      signedAt: z.iso.datetime(),
      keyId: z.string(),
      /** Known outside the database too. */
      anchored: z.boolean(),
    }),
  ),
  holds: z.array(auditHoldView),
  /** Where checkpoints are anchored, for a person. */
  anchoredIn: z.string(),
  keyId: z.string(),
  /** SPKI in base64, the present one first: what an offline verifier is to trust. */
  publicKeys: z.array(z.string()),
})

/** `GET /api/admin/audit/export.jsonl` (operator): whole seals of those UTC days. */
export const auditExportQuery = z.strictObject({ fromDay: day.optional(), toDay: day.optional() })

export type AuditQuery = z.infer<typeof auditQuery>
export type AuditEntryView = z.infer<typeof auditEntryView>
export type AuditEntryDetail = z.infer<typeof auditEntryDetail>
export type AuditPage = z.infer<typeof auditPage>
export type AuditVerificationView = z.infer<typeof auditVerificationView>
export type AuditHoldView = z.infer<typeof auditHoldView>
export type AuditState = z.infer<typeof auditState>
