import { createPseudonyms } from '#server/audit/pseudonyms'

/** Pseudonyms under a key of the tests' own. */
export const testPseudonyms = createPseudonyms(['the key that tests use for their pseudonyms'])
