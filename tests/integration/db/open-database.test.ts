import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, DatabaseError } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '#server/db/open-database'
import { describeOnDatabases, openEmbedded } from '#tests/support/databases'

describeOnDatabases('database connections', (openDb) => {
  it('keep the statements of concurrent clients apart', async () => {
    const { pool } = await openDb()
    const worker = async (number: number) => {
      for (let round = 0; round < 60; round += 1) {
        const text = `${number}/${round}`
        if (number % 3 === 0)
          expect((await pool.query('SELECT $1::text AS a', [text])).rows).toEqual([{ a: text }])
        else if (number % 3 === 1) {
          const two = await pool.query('SELECT $1::int AS a, $2::text AS b', [round, text])
          expect(two.rows).toEqual([{ a: round, b: text }])
        } else {
          const named = await pool.query({ name: 'same_name', text: 'SELECT $1::text AS c', values: [text] })
          expect(named.rows).toEqual([{ c: text }])
        }
      }
    }
    await Promise.all(Array.from({ length: 9 }, (_, number) => worker(number)))
  })

  it('give the same statement name to different statements of different clients', async () => {
    const db = await openDb()
    const clients = [new Client(db.connection), new Client(db.connection)]
    for (const client of clients) await client.connect()
    const results = await Promise.all(
      clients.map((client, index) =>
        client.query({ name: 'clash', text: `SELECT ${index}::int AS n, $1::int AS m`, values: [7] }),
      ),
    )
    expect(results.map(({ rows }) => rows[0])).toEqual([
      { n: 0, m: 7 },
      { n: 1, m: 7 },
    ])
    for (const client of clients) await client.end()
  })

  it('keep to themselves what they asked of their session when they connected', async () => {
    const db = await openDb()
    const plain = new Client(db.connection)
    const options = "-c plan_cache_mode=force_generic_plan -c application_name=it's"
    const asking = new Client({ ...db.connection, options })
    for (const client of [plain, asking]) await client.connect()
    const modes = (client: Client) =>
      Promise.all(
        ['plan_cache_mode', 'application_name'].map(async (name) => {
          const { rows } = await client.query(`SHOW ${name}`)
          return rows[0]?.[name]
        }),
      )
    const other = await modes(plain)
    expect(other[0]).toBe('auto')
    for (let round = 0; round < 20; round += 1) {
      const [mine, others] = await Promise.all([modes(asking), modes(plain)])
      expect(mine).toEqual(['force_generic_plan', "it's"])
      expect(others).toEqual(other)
    }
    await asking.query('BEGIN')
    await expect(asking.query('SELECT 1 / 0')).rejects.toThrow('division by zero')
    await asking.query('ROLLBACK')
    expect([await modes(plain), await modes(asking)]).toEqual([other, ['force_generic_plan', "it's"]])
    for (const client of [plain, asking]) await client.end()
  })

  it('keep transactions whole while others query', async () => {
    const { pool } = await openDb()
    await pool.query('CREATE TABLE counters (n int)')
    await pool.query('INSERT INTO counters VALUES (0)')
    const add = async () => {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const { rows } = await client.query<{ n: number }>('SELECT n FROM counters FOR UPDATE')
        await client.query('UPDATE counters SET n = $1', [(rows[0]?.n ?? 0) + 1])
        await client.query('COMMIT')
      } finally {
        client.release()
      }
    }
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? pool.query('SELECT 1') : add())),
    )
    expect((await pool.query('SELECT n FROM counters')).rows).toEqual([{ n: 20 }])
  })

  it('roll back what a client leaves open when it goes', async () => {
    const { pool } = await openDb()
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('CREATE TABLE left_open (n int)')
    client.release(true)
    const { rows } = await pool.query(`SELECT to_regclass('left_open') AS name`)
    expect(rows).toEqual([{ name: null }])
  })

  it('go on after an error, with Postgres its code', async () => {
    const { pool } = await openDb()
    const client = await pool.connect()
    try {
      const error = await client.query('SELECT $1::int / 0', [1]).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(DatabaseError)
      expect(error).toMatchObject({ code: '22012' })
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    } finally {
      client.release()
    }
  })

  it('carry large values both ways', async () => {
    const { pool } = await openDb()
    const text = 'é'.repeat(3_000_000)
    const { rows } = await pool.query<{ text: string }>('SELECT $1::text AS text', [text])
    expect(rows[0]?.text === text).toBe(true)
  })
})

describe('the embedded data directory', () => {
  let directory: string
  const children: ChildProcess[] = []
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'huntaze-test-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  })

  /** Another process that opens `directory`, writes a row, and waits. */
  async function openElsewhere(): Promise<{ child: ChildProcess; said: string }> {
    const script = `
      import { openDatabase } from '#server/db/open-database'
      try {
        const db = await openDatabase({ databaseUrl: null, dataDir: ${JSON.stringify(directory)} })
        await db.pool.query('CREATE TABLE kept (n int)')
        await db.pool.query('INSERT INTO kept VALUES (42)')
        process.stdout.write('open')
        setInterval(() => {}, 1000)
      } catch (error) {
        process.stdout.write(error.message)
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const [data] = child.stdout ? await once(child.stdout, 'data') : []
    return { child, said: String(data) }
  }

  it('is refused to a second process, and to a second opening in the same one', async () => {
    const { child, said } = await openElsewhere()
    expect(said).toBe('open')
    const refusal = `${directory} is in use by process ${child.pid}; stop it or set HUNTAZE_DATA_DIR to another directory`
    await expect(openDatabase({ databaseUrl: null, dataDir: directory })).rejects.toThrow(refusal)
    expect((await openElsewhere()).said).toBe(refusal)
  })

  it('opens again after kill -9, with what was committed', async () => {
    const { child } = await openElsewhere()
    child.kill('SIGKILL')
    await once(child, 'exit')
    const socketDir = await readFile(join(directory, 'pgdata.socket'), 'utf8')
    const db = await openDatabase({ databaseUrl: null, dataDir: directory })
    try {
      await expect(stat(socketDir)).rejects.toMatchObject({ code: 'ENOENT' })
      expect((await db.pool.query('SELECT n FROM kept')).rows).toEqual([{ n: 42 }])
    } finally {
      await db.close()
    }
  })

  it('is taken over from an owner that ended, by exactly one of many', async () => {
    const { dataDir, db, dispose } = await openEmbedded()
    await db.close()
    const stale = { pid: process.pid, processStart: 'an earlier process with the same id', host: 'h' }
    await writeFile(join(dataDir, 'instance.lock'), JSON.stringify(stale))
    const openings = await Promise.allSettled(
      Array.from({ length: 5 }, () => openDatabase({ databaseUrl: null, dataDir })),
    )
    const opened = openings.filter((opening) => opening.status === 'fulfilled')
    expect(opened).toHaveLength(1)
    for (const { value } of opened) await value.close()
    await dispose()
  })

  it('is taken over also when the lock is unreadable', async () => {
    const { dataDir, db, dispose } = await openEmbedded()
    await db.close()
    await writeFile(join(dataDir, 'instance.lock'), '')
    const again = await openDatabase({ databaseUrl: null, dataDir })
    await again.close()
    await dispose()
  })

  it('leaves neither lock nor socket behind, and lets nobody else near the socket', async () => {
    const { dataDir, db, dispose } = await openEmbedded()
    const host = db.connection.host ?? ''
    expect((await stat(host)).mode & 0o777).toBe(0o700)
    expect(JSON.parse(await readFile(join(dataDir, 'instance.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    })
    await db.close()
    await db.close()
    expect(await readdir(dataDir)).toEqual(['pgdata'])
    expect(await readdir(dirname(host))).not.toContain(host.slice(dirname(host).length + 1))
    await dispose()
  })

  it('comes back by itself, with what was committed, when the embedded database crashes', async () => {
    const errors: Error[] = []
    const db = await openDatabase({
      databaseUrl: null,
      dataDir: directory,
      onError: (error) => errors.push(error),
    })
    try {
      await db.pool.query('CREATE TABLE kept (n int)')
      await db.pool.query('INSERT INTO kept VALUES (42)')
      // PGlite cannot read a copy from its client, and ends over it.
      await expect(db.pool.query('COPY kept FROM STDIN')).rejects.toThrow()
      await vi.waitFor(
        async () => expect((await db.pool.query('SELECT n FROM kept')).rows).toEqual([{ n: 42 }]),
        { timeout: 30_000, interval: 100 },
      )
      expect(errors.length).toBeGreaterThan(0)
    } finally {
      await db.close()
    }
  })

  it('is not locked by an opening that failed', async () => {
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'pgdata'), 'not a directory')
    await expect(openDatabase({ databaseUrl: null, dataDir: directory })).rejects.toThrow()
    expect(await readdir(directory)).toEqual(['pgdata'])
  })
})
