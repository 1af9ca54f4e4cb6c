import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnv } from '#server/config/env'
import { envVariables } from '#server/config/env-variables'

describe('environment', () => {
  it('has defaults for everything', () => {
    const result = readEnv({})
    expect(result).toMatchObject({
      ok: true,
      env: { HOST: '127.0.0.1', PORT: 3000, HUNTAZE_DATA_DIR: '.data', LOG_LEVEL: 'info' },
    })
  })

  it('takes an empty string for not set', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: '' })).toMatchObject({ ok: true, env: { PORT: 3000 } })
  })

  it('names every mistake at once and repeats no value', () => {
    const result = readEnv({
      PORT: '99999',
      LOG_LEVEL: 'loud',
      AZURE_OPENAI_ENDPOINT: 'http://secret-host.example.com',
      HUNTAZE_BOOTSTRAP_API_KEY: 'short-secret',
      HUNTAZE_BOOTSTRAP_ADMIN_EMAIL: 'a@example.com',
      DATABASE_URL: 'mysql://user:hunter2@host/db',
      AUTH_MICROSOFT_ENTRA_ID_ID: 'id',
    })
    if (result.ok) throw new Error('must be refused')
    const text = result.problems.join('\n')
    for (const name of [
      'PORT',
      'LOG_LEVEL',
      'AZURE_OPENAI_ENDPOINT',
      'HUNTAZE_BOOTSTRAP_API_KEY',
      'HUNTAZE_BOOTSTRAP_ADMIN_PASSWORD',
      'DATABASE_URL',
      'AUTH_MICROSOFT_ENTRA_ID_TENANT_ID',
    ]) {
      expect(text).toContain(name)
    }
    for (const value of ['secret-host', 'short-secret', 'hunter2']) expect(text).not.toContain(value)
  })

  it('accepts plain http to loopback only', () => {
    for (const good of [
      'http://127.0.0.1:4000',
      'http://localhost:1',
      'http://[::1]:2',
      'https://anywhere.example.com',
    ]) {
      expect(readEnv({ AZURE_OPENAI_ENDPOINT: good })).toMatchObject({ ok: true })
    }
    for (const bad of [
      'http://10.0.0.1',
      'http://localhost.evil.example',
      'ftp://127.0.0.1',
      'https://user:pw@host.example',
      'nonsense',
    ]) {
      expect(readEnv({ AZURE_OPENAI_ENDPOINT: bad })).toMatchObject({ ok: false })
    }
  })

  it('needs secrets of its own with an outside database', () => {
    expect(readEnv({ DATABASE_URL: 'postgres://localhost/x' })).toMatchObject({
      ok: false,
      problems: [
        'DATABASE_URL: needs AUTH_SECRET too',
        'DATABASE_URL: needs HUNTAZE_SIGNING_KEY too',
        'DATABASE_URL: needs HUNTAZE_PSEUDONYM_KEY too',
      ],
    })
  })

  it('takes several keys where one was rotated, and repeats none that is wrong', () => {
    const keys = ['A'.repeat(43), `${'b'.repeat(43)}=`]
    expect(readEnv({ HUNTAZE_SIGNING_KEY: keys.join(', ') })).toMatchObject({
      ok: true,
      env: { HUNTAZE_SIGNING_KEY: keys },
    })
    const result = readEnv({ HUNTAZE_SIGNING_KEY: 'too-short-a-key', HUNTAZE_PSEUDONYM_KEY: 'short' })
    if (result.ok) throw new Error('must be refused')
    expect(result.problems.join('\n')).toContain('HUNTAZE_SIGNING_KEY.0: must be 32 bytes')
    expect(result.problems.join('\n')).not.toMatch(/too-short-a-key/)
  })
})

const root = join(import.meta.dirname, '../../..')
const names = Object.keys(envVariables)

describe('documents of the environment', () => {
  it('.env.example names exactly the variables that are read, each with its sentence', () => {
    const text = readFileSync(join(root, '.env.example'), 'utf8')
    const written = [...text.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1])
    expect(written).toEqual(names)
    for (const row of Object.values(envVariables)) expect(text).toContain(row.about)
  })

  it('README lists exactly the variables that are read', () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8')
    const written = [...text.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map((match) => match[1])
    expect(written).toEqual(names)
    for (const row of Object.values(envVariables)) expect(text).toContain(row.about)
  })
})
