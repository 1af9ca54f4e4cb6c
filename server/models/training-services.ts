import type { AzureOpenAI } from 'openai'
import type { Catalog } from '#lib/deployments/catalog'
import type { CapacityCredential } from '#server/deployments/capacity-credential'
import { AppError } from '#server/http/app-error'

/** The official client of the resource of a region: files and fine-tuning. */
export interface TrainingServices {
  /** @throws AppError `conflict` for a region that the catalog does not have. */
  of(region: string): Promise<AzureOpenAI>
}

export interface TrainingServicesOptions {
  catalog: () => Catalog
  apiVersion: string
  /** A resource's key, or tokens of the identity. */
  apiKey: string | null
  credential: CapacityCredential
}

const cognitiveServicesScope = 'https://cognitiveservices.azure.com/.default'
/** Every step is tried again by the job itself. */
const maxRetries = 1
const timeoutMs = 60_000

export function createTrainingServices(options: TrainingServicesOptions): TrainingServices {
  const { catalog, apiVersion, apiKey, credential } = options
  return {
    async of(region) {
      const endpoint = catalog().data.regions.find(({ name }) => name === region)?.endpoint
      if (endpoint === undefined)
        throw new AppError('conflict', { message: `The catalog has no region "${region}".` })
      const { AzureOpenAI } = await import('openai')
      // `baseURL: null` keeps OPENAI_BASE_URL, which names the old provider, out of it.
      const shared = { endpoint, baseURL: null, apiVersion, maxRetries, timeout: timeoutMs }
      if (apiKey !== null) return new AzureOpenAI({ ...shared, apiKey })
      const identity = await credential.get()
      const azureADTokenProvider = async () => {
        const token = await identity.getToken(cognitiveServicesScope)
        if (token === null) throw new Error('the identity gave no token')
        return token.token
      }
      return new AzureOpenAI({ ...shared, azureADTokenProvider })
    },
  }
}
