import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A key pair for loopback, as PEM. The certificate is its own authority. */
export interface Certificate {
  key: string
  cert: string
}

const FILE = 'simulator-tls.pem'
const DAY_MS = 86_400_000
const VALID_MS = 365 * DAY_MS
const RENEW_BEFORE_MS = 30 * DAY_MS
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/
const PRIVATE_KEY =
  /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:EC |RSA )?PRIVATE KEY-----\n?/

async function makeCertificate(nowMs: number): Promise<Certificate> {
  const { generate } = await import('selfsigned')
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + VALID_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

async function readCertificate(file: string, nowMs: number): Promise<Certificate | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
  const cert = CERTIFICATE.exec(text)?.[0]
  const key = PRIVATE_KEY.exec(text)?.[0]
  if (cert === undefined || key === undefined) return null
  const validToMs = Date.parse(new X509Certificate(cert).validTo)
  return validToMs - nowMs > RENEW_BEFORE_MS ? { key, cert } : null
}

/**
 * A self-signed certificate for localhost, 127.0.0.1 and ::1, valid for a year. With `dataDir` it is kept there
 * (one file, readable by its owner only) and renewed a month before it ends; without, it lives in memory.
 */
export async function createCertificate({
  dataDir,
  nowMs,
}: {
  dataDir?: string
  nowMs: number
}): Promise<Certificate> {
  if (dataDir === undefined) return makeCertificate(nowMs)
  const file = join(dataDir, FILE)
  const kept = await readCertificate(file, nowMs)
  if (kept !== null) return kept
  const made = await makeCertificate(nowMs)
  await mkdir(dataDir, { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, made.cert + made.key, { mode: 0o600 })
  await rename(draft, file)
  return made
}
