import { createHash } from 'node:crypto'
import type { AddedExamples, ExamplesBody } from '#lib/contracts/training'
import { type GivenExample, readExampleLines } from '#lib/models/read-example-lines'
import { type ExampleMessages, exampleKey, splitBucket } from '#lib/models/training-example'
import { trainingExamples } from '#schema/models'
import { newId } from '#server/access/new-id'
import type { Transaction } from '#server/config/configuration-version'
import { AppError } from '#server/http/app-error'
import type { ModelParts } from '#server/models/model-parts'
import { hasConsent, readGranted } from '#server/models/training-consents'

export interface ExamplesGiven {
  accountId: string
  body: ExamplesBody
  actorId: string
  requestId: string
}

/**
 * Takes examples of one creator from the creator app: redacted, and each only once.
 * @throws AppError `consent_required` when the creator, or the fan, did not consent; then nothing is kept.
 */
export async function addExamples(parts: ModelParts, given: ExamplesGiven): Promise<AddedExamples> {
  const { accountId, body, actorId, requestId } = given
  const { creatorId } = body
  const fanId = body.fanId ?? null
  const result = await parts.db.orm.transaction(async (tx) => {
    const granted = await readGranted(tx, accountId)
    if (!hasConsent(granted, { creatorId, fanId }))
      throw new AppError('consent_required', {
        message: `Neither training nor keeping examples is allowed without consent: the creator${fanId === null ? '' : ', and the fan towards this creator,'} must have granted it (POST /api/v1/training/consents).`,
      })
    const examples = body.examples.map(({ messages }) => ({ accountId, creatorId, fanId, messages }))
    const added = await insertExamples(tx, parts, { examples, source: 'api' })
    await parts.audit.record(tx, {
      action: 'training.add_examples',
      actorId,
      accountId,
      resource: 'training/examples',
      subject: { kind: 'creator', id: creatorId },
      after: { ...added },
      correlationId: requestId,
    })
    return { ...added, refused: 0 }
  })
  parts.events.publish('model')
  return result
}

export interface ExamplesFile {
  text: string
  actorId: string
  reason: string
  requestId: string
}

/**
 * Takes a JSONL file, whole or not at all; examples of persons who did not consent are counted and left out.
 * @throws AppError `invalid_request` naming each broken line.
 */
export async function uploadExamples(parts: ModelParts, file: ExamplesFile): Promise<AddedExamples> {
  const read = readExampleLines(file.text)
  if (!read.ok) {
    const errors = read.problems.map(({ line, path, message }) => ({
      path: `line ${line}${path === '' ? '' : `: ${path}`}`,
      message,
    }))
    const [first] = errors
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
    throw new AppError('invalid_request', {
      message: `The file was not taken: ${first?.path} ${first?.message}${more}.`,
      param: first?.path,
      errors,
    })
  }
  const result = await parts.db.orm.transaction(async (tx) => {
    const allowed = await withConsent(tx, read.examples)
    const added = await insertExamples(tx, parts, { examples: allowed, source: 'upload' })
    const counts = { ...added, refused: read.examples.length - allowed.length }
    await parts.audit.record(tx, {
      action: 'training.add_examples',
      actorId: file.actorId,
      resource: 'training/examples',
      after: counts,
      reason: file.reason,
      correlationId: file.requestId,
    })
    return counts
  })
  parts.events.publish('model')
  return result
}

async function withConsent(tx: Transaction, examples: readonly GivenExample[]): Promise<GivenExample[]> {
  const granted = new Map<string, ReadonlySet<string>>()
  for (const accountId of new Set(examples.map((example) => example.accountId)))
    granted.set(accountId, await readGranted(tx, accountId))
  return examples.filter((example) => hasConsent(granted.get(example.accountId) ?? new Set(), example))
}

const rowsAtOnce = 500

async function insertExamples(
  tx: Transaction,
  { redactor, clock }: Pick<ModelParts, 'redactor' | 'clock'>,
  { examples, source }: { examples: readonly GivenExample[]; source: 'api' | 'upload' },
): Promise<Omit<AddedExamples, 'refused'>> {
  const createdAt = new Date(clock.nowMs())
  let redactions = 0
  const rows = examples.map(({ accountId, creatorId, fanId, messages: said }) => {
    const messages = said.map(({ role, content }) => ({ role, content: redactor.redactTwice(content) }))
    redactions += messages.filter(({ content }, index) => content !== said[index]?.content).length
    const fingerprint = fingerprintOf(messages)
    const id = newId('tex')
    return {
      accountId,
      id,
      creatorId,
      fanId: fanId ?? '',
      source,
      messages,
      fingerprint,
      bucket: splitBucket(messages),
      createdAt,
    }
  })
  let added = 0
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const inserted = await tx
      .insert(trainingExamples)
      .values(rows.slice(from, from + rowsAtOnce))
      .onConflictDoNothing()
      .returning({ id: trainingExamples.id })
    added += inserted.length
  }
  return { added, duplicates: rows.length - added, redactions }
}

function fingerprintOf(messages: ExampleMessages): string {
  return createHash('sha256').update(exampleKey(messages)).digest('hex')
}
