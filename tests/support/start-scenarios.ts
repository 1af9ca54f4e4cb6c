import type { CatalogInput } from '#lib/deployments/catalog-schema'
import { startGateway, type TestGateway } from '#tests/support/start-gateway'
import { type ScriptedUpstream, type Step, startScriptedUpstream } from '#tests/upstreams/scripted-upstream'

/** One tier with deployments and upstreams of its own, so that no scenario touches another's breakers. */
export interface Scenario {
  upstreams: readonly ScriptedUpstream[]
  /** Deployment ids in the order of the chain. */
  ids: readonly string[]
  /** Scripts of the upstreams in order. */
  script(...scripts: (readonly Step[])[]): void
  chat(body?: object, headers?: Record<string, string>): Promise<Response>
  /** Requests that each upstream got. */
  calls(): number[]
}

export interface Scenarios {
  gateway: TestGateway
  of(name: string): Scenario
  close(): Promise<void>
}

export interface ScenarioInput {
  deployments: number
  /** Fields of the tier, `chain` included where it is not one deployment after the other. */
  tier?: Record<string, unknown>
  /** Fields of each deployment. */
  fields?: readonly Record<string, unknown>[]
}

/** A gateway with one tier per scenario, each over scripted upstreams of its own. */
export async function startScenarios(
  inputs: Readonly<Record<string, ScenarioInput>>,
  env: Record<string, string> = {},
): Promise<Scenarios> {
  const built = await Promise.all(Object.entries(inputs).map(([name, input]) => buildScenario(name, input)))
  const gateway = await startGateway({ catalog: catalogOf(built), env })
  const scenarios = new Map(built.map((one) => [one.name, toScenario(one, gateway)]))
  return {
    gateway,
    of(name) {
      const scenario = scenarios.get(name)
      if (!scenario) throw new Error(`no scenario ${name}`)
      return scenario
    },
    async close() {
      await gateway.close()
      await Promise.all(built.flatMap(({ upstreams }) => upstreams.map((upstream) => upstream.close())))
    },
  }
}

interface Built {
  name: string
  input: ScenarioInput
  upstreams: ScriptedUpstream[]
  ids: string[]
}

async function buildScenario(name: string, input: ScenarioInput): Promise<Built> {
  const upstreams = await Promise.all(
    Array.from({ length: input.deployments }, () => startScriptedUpstream()),
  )
  return { name, input, upstreams, ids: upstreams.map((_, index) => `${name}-${'abcdef'[index] ?? index}`) }
}

function catalogOf(built: readonly Built[]): CatalogInput {
  const all = built.flatMap(({ upstreams, ids, input }) =>
    ids.map((id, index) => ({ id, url: upstreams[index]?.url ?? '', fields: input.fields?.[index] ?? {} })),
  )
  return {
    regions: all.map(({ id, url }, index) => ({
      name: `region-${id}`,
      endpoint: url,
      role: index === 0 ? 'primary' : 'dr',
    })),
    deployments: all.map(({ id, fields }) => ({
      id,
      region: `region-${id}`,
      deployment: `name-${id}`,
      model: 'gpt-4-turbo',
      contextTokens: 128_000,
      ...fields,
    })),
    tiers: Object.fromEntries(built.map(({ name, ids, input }) => [name, { chain: ids, ...input.tier }])),
  }
}

function toScenario({ name, upstreams, ids }: Built, gateway: TestGateway): Scenario {
  return {
    upstreams,
    ids,
    script(...scripts) {
      for (const [index, script] of scripts.entries()) upstreams[index]?.respond(script)
    },
    chat: (body = {}, headers = {}) =>
      gateway.post(
        '/api/v1/chat/completions',
        { model: name, messages: [{ role: 'user', content: 'Hello?' }], ...body },
        headers,
      ),
    calls: () => upstreams.map(({ requests }) => requests.length),
  }
}
