import type { VariantOverrides } from '#lib/experiments/experiment-plan'

/** Does the variant change what is asked, and not only who answers? */
export function isOfRequests({
  systemPrompt,
  parameters,
}: Pick<VariantOverrides, 'systemPrompt' | 'parameters'>) {
  return systemPrompt !== null || Object.values(parameters).some((value) => value !== null)
}
