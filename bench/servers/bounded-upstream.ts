/**
 * A mock upstream of fixed capacity, a process of its own: PLACES calls run at full speed, each for SERVICE_MS (a
 * quarter more or less); more of them share the same speed, and each doubling beyond the places costs
 * LOSS_PER_DOUBLING of the throughput. It turns nobody away; a caller that leaves gives back its share.
 */
import { buildAnswer } from '#bench/servers/mock-answers'
import { serveChat } from '#bench/servers/serve-chat'
import { createSharedProcessor } from '#bench/servers/share-processor'

function readSetting(name: string): number {
  const value = Number(process.env[name])
  if (!(value > 0)) throw new Error(`${name} must be a number above 0`)
  return value
}

const serviceMs = readSetting('SERVICE_MS')
const answers = { openai: buildAnswer('openai'), azure: buildAnswer('azure') }
const processor = createSharedProcessor({
  places: readSetting('PLACES'),
  lossPerDoubling: readSetting('LOSS_PER_DOUBLING'),
})

serveChat({
  answer: ({ dialect, response }) => {
    const payload = answers[dialect]
    const leave = processor.enter(serviceMs * (0.75 + Math.random() / 2), () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': payload.length })
      response.end(payload)
    })
    response.on('close', leave)
  },
  state: () => ({ inside: processor.inside() }),
})
