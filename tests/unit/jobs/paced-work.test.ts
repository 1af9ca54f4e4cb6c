import { expect, it } from 'vitest'
import { createPacedWork } from '#server/jobs/paced-work'

it('sees what became due while work was under way', async () => {
  let due = 0
  const done: number[] = []
  let goOn = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const paced = createPacedWork({
    what: 'a test',
    async work() {
      const seen = due
      if (done.length === 0) await held
      done.push(seen)
      return null
    },
    restMs: null,
    log: { error: () => {} },
  })
  const first = paced.run()
  due = 1
  const second = paced.run()
  goOn()
  await Promise.all([first, second])
  expect(done).toEqual([0, 1])
  await paced.close()
})

it('goes on behind work that failed', async () => {
  let calls = 0
  const paced = createPacedWork({
    what: 'a test',
    async work() {
      calls += 1
      await Promise.resolve()
      if (calls === 1) throw new Error('not this time')
      return null
    },
    restMs: null,
    log: { error: () => {} },
  })
  const ended = await Promise.allSettled([paced.run(), paced.run()])
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(calls).toBe(2)
  await paced.close()
})
