import { StateTag } from '#components/ui/state-tag'
import type { Tone } from '#components/ui/tone'

const words: Record<string, { tone: Tone; word: string }> = {
  success: { tone: 'good', word: 'success' },
  error: { tone: 'bad', word: 'error' },
  cut: { tone: 'warn', word: 'cut' },
  cancelled: { tone: 'neutral', word: 'cancelled' },
}

/** How a request or an attempt ended. */
export function OutcomeTag({ outcome, plain }: { outcome: string; plain?: boolean }) {
  const { tone, word } = words[outcome] ?? { tone: 'neutral' as const, word: outcome }
  return (
    <StateTag tone={tone} look={plain ? 'plain' : 'soft'}>
      {word}
    </StateTag>
  )
}
