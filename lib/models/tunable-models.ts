/**
 * Families that Azure OpenAI lets be fine-tuned, with the day after which no training begins any more.
 * Source: Microsoft's fine-tuning model list and retirement schedule, as read on 2026-10-05.
 */
const families: readonly { match: RegExp; trainsUntil: string | null; servesUntil: string | null }[] = [
  {
    match: /^gpt-4\.1(-mini|-nano)?(-\d{4}-\d{2}-\d{2})?$/,
    trainsUntil: '2027-04-14',
    servesUntil: '2027-10-14',
  },
  { match: /^gpt-4o(-mini)?(-\d{4}-\d{2}-\d{2})?$/, trainsUntil: '2027-04-01', servesUntil: '2027-10-01' },
  { match: /^gpt-35-turbo(-\d{4})?$/, trainsUntil: null, servesUntil: null },
]

/** Null when the model can be tuned on that day (UTC, `2026-01-31`); else why not. */
export function tuningProblem(model: string, day: string): string | null {
  const family = families.find(({ match }) => match.test(model))
  if (!family)
    return `${model} cannot be fine-tuned; gpt-4.1, gpt-4o and gpt-35-turbo and their smaller kin can`
  if (family.trainsUntil !== null && day >= family.trainsUntil)
    return `training of ${model} ended on ${family.trainsUntil}`
  return null
}

/** The day on which what was tuned from the model stops being served; null = no day is known. */
export function tunedServesUntil(model: string): string | null {
  return families.find(({ match }) => match.test(model))?.servesUntil ?? null
}
