import { registerHooks } from 'node:module'

/** For `node --import`: the program registers the pair of `registered-pair` in place of its own. */
const wanted = '#server/migration/dual-write-pairs'
const replacement = new URL('./registered-pair.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === wanted && context.parentURL !== replacement)
      return { url: replacement, format: 'module-typescript', shortCircuit: true }
    return nextResolve(specifier, context)
  },
})
