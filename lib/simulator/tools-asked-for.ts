/** Verbs and fillers that say nothing about which tool is meant. */
const VAGUE = new Set(
  'about after also back before call create data fetch find from function gets given have into item items list look make message more name return returns search send some tell that their them then there this tool update user using value what when where which with your'.split(
    ' ',
  ),
)
const SHORTEST_WORD = 4
const DESCRIPTION_WORDS_NEEDED = 2

function significantWords(text: string): Set<string> {
  const words = text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
  return new Set(words.filter((word) => word.length >= SHORTEST_WORD && !VAGUE.has(word)))
}

function isAskedFor(
  { name, description }: { name: string; description: string },
  said: { text: string; words: Set<string> },
): boolean {
  if (said.text.includes(name.toLowerCase())) return true
  for (const word of significantWords(name)) if (said.words.has(word)) return true
  let hits = 0
  for (const word of significantWords(description)) if (said.words.has(word)) hits += 1
  return hits >= DESCRIPTION_WORDS_NEEDED
}

/**
 * The offered tools a message asks for: by name, by a telling word of the name, or by two telling words of the
 * description. Order of the offer is kept.
 */
export function toolsAskedFor<T extends { name: string; description: string }>(
  text: string,
  tools: readonly T[],
): T[] {
  const said = { text: text.toLowerCase(), words: significantWords(text) }
  return tools.filter((tool) => isAskedFor(tool, said))
}
