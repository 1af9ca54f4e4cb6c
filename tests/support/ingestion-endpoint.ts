import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { generate } from 'selfsigned'

/** One item as Azure Monitor's ingestion takes it. */
export interface Envelope {
  name: string
  time: string
  sampleRate?: number
  iKey: string
  tags: Readonly<Record<string, string>>
  data: {
    baseType: string
    baseData: {
      id?: string
      name?: string
      success?: boolean
      duration?: string
      responseCode?: string
      properties?: Readonly<Record<string, string>>
      metrics?: readonly { name: string; value: number }[]
    }
  }
}

export interface IngestionEndpoint {
  /** With the given differences, what an operator would copy from the portal. */
  connectionString: string
  envelopes(): readonly Envelope[]
  /** The bodies as they came over the wire. */
  bodies(): readonly string[]
  close(): Promise<void>
}

/** Azure Monitor's ingestion on loopback, over TLS with a certificate that this process trusts from now on. */
export async function startIngestionEndpoint(): Promise<IngestionEndpoint> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  setDefaultCACertificates([...getCACertificates('default'), cert])
  const bodies: string[] = []
  const server = createServer({ key, cert }, async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const raw = Buffer.concat(parts)
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8')
    if (request.url?.startsWith('/v2.1/track')) bodies.push(text)
    const count = toEnvelopes(text).length
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ itemsReceived: count, itemsAccepted: count, errors: [] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    connectionString: `InstrumentationKey=11111111-2222-3333-4444-555555555555;IngestionEndpoint=${url}`,
    envelopes: () => bodies.flatMap(toEnvelopes),
    bodies: () => bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function toEnvelopes(body: string): Envelope[] {
  return JSON.parse(body) as Envelope[]
}
