import type { Catalog } from '#lib/deployments/catalog'

/** One sentence per retired model that still serves a tier. */
export function retiredModelWarnings(catalog: Catalog): string[] {
  const serving = new Set([...catalog.tiers.values()].flatMap((tier) => tier.chain.flat()))
  const sentences = [...catalog.deployments.values()]
    .filter(({ id, lifecycle }) => lifecycle?.stage === 'retired' && serving.has(id))
    .map(({ model, lifecycle }) => {
      const instead = lifecycle?.replacement ? `; ${lifecycle.replacement} would replace it` : ''
      return `${model} is retired at its provider (as of ${lifecycle?.asOf ?? 'an unknown day'})${instead}.`
    })
  return [...new Set(sentences)]
}
