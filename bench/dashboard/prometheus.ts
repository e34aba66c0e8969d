import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../../examples/two-nodes/free-port.js'

/** One line of a panel: its labels and its values, each with its time in seconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly (readonly [at: number, value: number])[]
}

/** A Prometheus on loopback that scrapes one node every second. */
export class Prometheus {
  readonly #url: string
  readonly stop: () => Promise<void>

  private constructor(url: string, stop: () => Promise<void>) {
    this.#url = url
    this.stop = stop
  }

  /** `prometheus` is found on the PATH, or where PROMETHEUS_PATH says. */
  static async start(node: URL): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-prometheus-'))
    const address = `127.0.0.1:${await freePort()}`
    const job = { job_name: 'koa-scopes', static_configs: [{ targets: [node.host] }] }
    const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: [job] }
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config))
    const child = spawn(
      process.env.PROMETHEUS_PATH ?? 'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
      ],
      { stdio: 'ignore' },
    )
    const ended = once(child, 'exit')
    const started = new Prometheus(`http://${address}`, async () => {
      child.kill()
      await ended
      await rm(folder, { recursive: true })
    })
    await started.#isReady()
    return started
  }

  /** The series of a query between two times, in seconds, one value a second. */
  async range(query: string, start: number, end: number): Promise<Series[]> {
    const parameters = new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: '1' })
    const response = await fetch(`${this.#url}/api/v1/query_range?${parameters}`)
    const answer = (await response.json()) as Answer
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`)
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([at, value]) => [at, Number(value)] as const).filter(([, value]) => Number.isFinite(value)),
    }))
  }

  async #isReady(): Promise<void> {
    for (;;) {
      const response = await fetch(`${this.#url}/-/ready`).catch(() => undefined)
      if (response?.ok) return
      await setTimeout(100)
    }
  }
}

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [number, string])[]
    }[]
  }
}
