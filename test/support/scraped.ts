import { execFileSync, spawnSync } from 'node:child_process'
import parse from 'parse-prometheus-text-format'

/** The value of the sample with these labels, among others; undefined if there is none. */
export function sample(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const family = parse(text).find((family) => family.name === name)
  const found = family?.metrics.find(({ labels: its = {} }) =>
    Object.entries(labels).every(([label, value]) => its[label] === value),
  )
  return found?.value === undefined ? undefined : Number(found.value)
}

/** Python with the client library of the Prometheus project; undefined if it is not installed. */
export const officialParser = [process.env.PROMETHEUS_PYTHON, 'python3'].find(
  (python) => python && spawnSync(python, ['-c', 'import prometheus_client.parser']).status === 0,
)

export interface OfficialSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const program = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps([
  {"name": family.name, "type": family.type, "samples": [
    {"name": s.name, "labels": s.labels, "value": s.value} for s in family.samples
  ]} for family in families
]))
`

/** A page as the client library of the Prometheus project reads it. */
export function officiallyParsed(
  python: string,
  text: string,
): { readonly name: string; readonly type: string; readonly samples: readonly OfficialSample[] }[] {
  return JSON.parse(execFileSync(python, ['-c', program], { input: text, encoding: 'utf8' }))
}
