import type { FailureClass } from '#lib/gateway/failure'
import { noUsage, type Usage } from '#lib/gateway/usage'

/** Failures whose prompt the provider has read and bills: Azure charges the evaluation of a prompt its filter refuses. */
const readPrompt: ReadonlySet<FailureClass> = new Set(['cancelled', 'content_filter'])

/**
 * Tokens of an attempt that failed or was given up. Nothing where the provider did no work; an estimate where it read the
 * prompt or generated part of an answer, since it bills both.
 */
export async function failedUsage(
  attempt: { text: readonly string[] },
  failure: { class: FailureClass },
  estimate: () => Promise<Usage>,
): Promise<Usage> {
  return readPrompt.has(failure.class) || attempt.text.length > 0 ? estimate() : noUsage
}
