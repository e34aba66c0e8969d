import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assertSupportedNode } from '../../src/container/supported-node.js'

describe('assertSupportedNode', () => {
  it.each(['18.20.8', '20.2.0', '20.18.3'])('refuses Node %s in one sentence, with a remedy', (version) => {
    const message = `koa-scopes needs Node 20.19 or later, and this is Node ${version}. Update Node.`
    expect(() => assertSupportedNode(version)).toThrow(expect.objectContaining({ code: 'NODE_TOO_OLD', message }))
  })

  it.each(['20.19.0', '20.20.2', '22.0.0', '100.1.0'])('accepts Node %s', (version) => {
    expect(() => assertSupportedNode(version)).not.toThrow()
  })

  it('accepts from the version that package.json names', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const [, oldest] = /^>=([\d.]+)$/.exec(engines.node) ?? []
    expect(() => assertSupportedNode(`${oldest}.0`)).not.toThrow()
    expect(() => assertSupportedNode('0')).toThrow(`needs Node ${oldest} or later`)
  })
})
