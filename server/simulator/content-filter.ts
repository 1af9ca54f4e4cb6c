const SAFE = { filtered: false, severity: 'safe' }

/** Azure's annotation of text in which nothing was found. */
export const SAFE_RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE }

/** Azure's annotation of text that was stopped. */
export const FILTERED_RESULTS = { ...SAFE_RESULTS, sexual: { filtered: true, severity: 'medium' } }

/** Azure's annotation of the prompt of a chat completion. */
export const PROMPT_RESULTS = [
  {
    prompt_index: 0,
    content_filter_results: { ...SAFE_RESULTS, jailbreak: { filtered: false, detected: false } },
  },
]
