/** What a state asks of the reader: `bad` = act, `warn` = look, `good` and `neutral` = nothing, `info` = know. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'neutral'
