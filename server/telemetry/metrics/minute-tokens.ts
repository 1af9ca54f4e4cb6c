/** Tokens that went through each deployment within the last minute, on this instance. */
export interface MinuteTokens {
  add(deploymentId: string, tokens: number, nowMs: number): void
  read(deploymentId: string, nowMs: number): number
}

interface Slots {
  /** Second since 1970 that each slot holds. */
  seconds: number[]
  tokens: number[]
}

const slotCount = 60

export function createMinuteTokens(): MinuteTokens {
  const all = new Map<string, Slots>()
  return {
    add(id, tokens, nowMs) {
      const second = Math.floor(nowMs / 1000)
      const slot = second % slotCount
      const slots = all.get(id) ?? { seconds: [], tokens: [] }
      all.set(id, slots)
      const kept = slots.seconds[slot] === second ? (slots.tokens[slot] ?? 0) : 0
      slots.seconds[slot] = second
      slots.tokens[slot] = kept + tokens
    },
    read(id, nowMs) {
      const oldest = Math.floor(nowMs / 1000) - slotCount
      const slots = all.get(id)
      if (!slots) return 0
      return slots.tokens.reduce(
        (sum, tokens, slot) => ((slots.seconds[slot] ?? 0) > oldest ? sum + tokens : sum),
        0,
      )
    },
  }
}
