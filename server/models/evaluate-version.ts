import { and, eq } from 'drizzle-orm'
import { compareAnswers, type EvaluatedAnswer } from '#lib/models/compare-answers'
import { scoreAnswer } from '#lib/models/score-answer'
import type { ExampleMessages } from '#lib/models/training-example'
import { evaluationAnswers } from '#schema/models'
import { AppError } from '#server/http/app-error'
import { readSet, type SetExample } from '#server/models/collect-set'
import { type StepContext, StepRefusal, type StepResult } from '#server/models/job-step'
import type { ModelParts } from '#server/models/model-parts'

/** Held-out questions that are asked, of both sides; more cost without telling much more. */
const mostQuestions = 60
/** After so many answers whoever cancelled the job is heard, and other jobs and deployments have their turn. */
const askedAtOnce = 4
const sides = ['base', 'tuned'] as const

type NewAnswer = typeof evaluationAnswers.$inferInsert

/**
 * Asks base and tuned model the held-out questions through the gateway, scores each answer against the one held out, and
 * compares. Answers are kept one by one, so that it goes on where it broke off.
 */
export async function evaluateVersion(parts: ModelParts, context: StepContext): Promise<StepResult> {
  const { job, keep, note, signal } = context
  const tuned = job.deploymentId
  if (tuned === null) throw new StepRefusal('The job lacks a deployment to ask.')
  const base = job.baseDeploymentId ?? findBase(parts, job)
  if (job.baseDeploymentId === null) await keep({ baseDeploymentId: base })
  const questions = await readSet(parts.db.orm, { jobId: job.id, side: 'held_out', limit: mostQuestions })
  const done = await readAnswers(parts, job.id)
  const known = new Set(done.map(({ exampleId, side }) => `${side} ${exampleId}`))
  const open = questions
    .flatMap((question) => sides.map((side) => ({ question, side })))
    .filter(({ question, side }) => !known.has(`${side} ${question.id}`))
  let answered = questions.length * sides.length - open.length
  for (const { question, side } of open.slice(0, askedAtOnce)) {
    signal.throwIfAborted()
    const model = side === 'base' ? base : tuned
    await keepAnswer(parts, {
      jobId: job.id,
      side,
      ...(await ask(parts, { question, model, jobId: job.id, signal })),
    })
    answered += 1
    await keep({ stepProgress: answered / (questions.length * sides.length) })
  }
  if (open.length > askedAtOnce) return { waitMs: 0 }
  const summary = compareAnswers(await readAnswers(parts, job.id))
  await note({ id: 'step:evaluated', message: summary.text })
  return {
    next: 'ready',
    patch: { evaluation: summary, finishedAt: new Date(parts.clock.nowMs()), error: null },
  }
}

/** A deployment of the base, in the same region where there is one; else whatever serves the first tier. */
function findBase(
  { catalog }: ModelParts,
  { baseModel, region }: { baseModel: string; region: string },
): string {
  const current = catalog.current()
  const same = [...current.deployments.values()].filter(
    ({ provider, model, preset }) => provider === 'azure-openai' && model === baseModel && !preset,
  )
  const found = same.find((one) => one.region === region) ?? same[0]
  if (found) return found.id
  const [tier] = current.tiers.values()
  const head = tier?.chain.flat()[0]
  if (head === undefined) throw new StepRefusal('The catalog has nothing to compare with.')
  return head
}

async function readAnswers({ db }: ModelParts, jobId: string): Promise<EvaluatedAnswer[]> {
  return db.orm
    .select({
      exampleId: evaluationAnswers.exampleId,
      side: evaluationAnswers.side,
      score: evaluationAnswers.score,
      latencyMs: evaluationAnswers.latencyMs,
      costPicoUsd: evaluationAnswers.costPicoUsd,
    })
    .from(evaluationAnswers)
    .where(and(eq(evaluationAnswers.jobId, jobId)))
}

interface Question {
  question: SetExample
  model: string
  jobId: string
  signal: AbortSignal
}

/** That a model gives no answer is a result of the evaluation, not its failure. */
async function ask(
  { ask: asking, clock }: ModelParts,
  { question, model, jobId, signal }: Question,
): Promise<Omit<NewAnswer, 'jobId' | 'side'>> {
  const { messages, reference } = splitQuestion(question.messages)
  const at = new Date(clock.nowMs())
  try {
    const answer = await asking.chat({ model, messages, correlationId: jobId, signal })
    const cosine =
      answer.text.trim() === ''
        ? 0
        : (await asking.compare([reference, answer.text], { correlationId: jobId, signal })).cosine
    const score = scoreAnswer({ answer: answer.text, finishReason: answer.finishReason, reference, cosine })
    const { requestId, latencyMs, costPicoUsd } = answer
    return { exampleId: question.id, requestId, score, error: null, latencyMs, costPicoUsd, at }
  } catch (thrown) {
    if (!AppError.is(thrown) || signal.aborted) throw thrown
    const none = { score: null, latencyMs: null, costPicoUsd: null }
    return { exampleId: question.id, requestId: jobId, error: thrown.code, ...none, at }
  }
}

function splitQuestion(messages: ExampleMessages): { messages: ExampleMessages; reference: string } {
  return { messages: messages.slice(0, -1), reference: messages.at(-1)?.content ?? '' }
}

async function keepAnswer({ db }: ModelParts, answer: NewAnswer): Promise<void> {
  await db.orm.insert(evaluationAnswers).values(answer).onConflictDoNothing()
}
