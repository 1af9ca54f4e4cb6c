import type { ContainerClient } from '@azure/storage-blob'

/** Blobs that are written once: small texts, by name. */
export interface BlobContainer {
  /** For a person, e.g. `huntaze.blob.core.windows.net/huntaze-audit`. */
  place: string
  /** Names under a prefix in their order, at most `limit`. */
  list(prefix: string, limit: number): Promise<string[]>
  /** Null when there is none. */
  read(name: string): Promise<string | null>
  /** On the condition that none has this name (`If-None-Match: *`): false when one has, which stays as it is. */
  create(name: string, text: string): Promise<boolean>
}

export interface BlobContainerOptions {
  /** One of both; the account's address is used with the managed identity. */
  connectionString: string | null
  accountUrl: string | null
  container: string
}

/** Of the SDK: a storage that is away for longer is asked again with the next look. */
const retryOptions = { maxTries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 4_000, tryTimeoutInMs: 10_000 }

/** The container is made with the first blob, where that is allowed. The SDK is loaded when it is first needed. */
export function openBlobContainer(options: BlobContainerOptions): BlobContainer {
  let opened: Promise<ContainerClient> | null = null
  const client = () => {
    opened ??= openClient(options).catch((error: unknown) => {
      opened = null
      throw error
    })
    return opened
  }
  return {
    place: placeOf(options),
    async list(prefix, limit) {
      const names: string[] = []
      try {
        for await (const { name } of (await client()).listBlobsFlat({ prefix })) {
          names.push(name)
          if (names.length >= limit) break
        }
      } catch (error) {
        if (codeOf(error) !== 'ContainerNotFound') throw error
      }
      return names
    },
    async read(name) {
      try {
        return (await (await client()).getBlockBlobClient(name).downloadToBuffer()).toString('utf8')
      } catch (error) {
        if (['BlobNotFound', 'ContainerNotFound'].includes(codeOf(error))) return null
        throw error
      }
    },
    create: async (name, text) => create(await client(), name, text),
  }
}

async function create(container: ContainerClient, name: string, text: string): Promise<boolean> {
  const upload = () =>
    container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), {
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType: 'application/json' },
    })
  try {
    await upload()
    return true
  } catch (error) {
    if (['BlobAlreadyExists', 'ConditionNotMet'].includes(codeOf(error))) return false
    if (codeOf(error) !== 'ContainerNotFound') throw error
  }
  await container.createIfNotExists()
  return create(container, name, text)
}

async function openClient(options: BlobContainerOptions): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob')
  const { connectionString, accountUrl, container } = options
  if (connectionString !== null)
    return BlobServiceClient.fromConnectionString(connectionString, { retryOptions }).getContainerClient(
      container,
    )
  const { DefaultAzureCredential } = await import('@azure/identity')
  const service = new BlobServiceClient(accountUrl ?? '', new DefaultAzureCredential(), { retryOptions })
  return service.getContainerClient(container)
}

/** Azure's own code; empty for what is no answer of the storage. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

function placeOf({ connectionString, accountUrl, container }: BlobContainerOptions): string {
  const fields = new Map(
    (connectionString ?? '')
      .split(';')
      .map((part) => [part.split('=')[0], part.split('=').slice(1).join('=')]),
  )
  const address =
    accountUrl ?? fields.get('BlobEndpoint') ?? `https://${fields.get('AccountName')}.blob.core.windows.net`
  return `${address.replace(/^https?:\/\//, '').replace(/\/$/, '')}/${container}`
}
