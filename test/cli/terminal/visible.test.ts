import { describe, expect, it } from 'vitest'
import { visible, visibleJson } from '../../../src/cli/terminal/visible.js'

describe('visible', () => {
  it.each([
    ['ada', 'ada'],
    ['Ädá 日本 👍', 'Ädá 日本 👍'],
    ['a\u001b[31mb', 'a\\u{1b}[31mb'],
    ['a\u009b2J', 'a\\u{9b}2J'],
    ['a\r\nb\tc\u0000\u007f', 'a\\u{d}\\u{a}b\\u{9}c\\u{0}\\u{7f}'],
    ['\u202eadmin\u2066', '\\u{202e}admin\\u{2066}'],
    ['a\u200bb\ufeff', 'a\\u{200b}b\\u{feff}'],
    ['a\ud800b', 'a\\u{d800}b'],
    ['a\u2028b', 'a\\u{2028}b'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['DOMAIN\\ada', 'DOMAIN\\ada'],
  ])('%j is shown as %s', (text, shown) => expect(visible(text)).toBe(shown))
})

describe('visibleJson', () => {
  it('has the same value, and no character that acts on a terminal', () => {
    const value = { 'a\u009b\u202e\u{e0041}': ['\u001b[2J', '\u2028', 'Ädá'] }
    const text = visibleJson(value)
    expect(JSON.parse(text)).toEqual(value)
    expect(text).toBe('{"a\\u009b\\u202e\\udb40\\udc41":["\\u001b[2J","\\u2028","Ädá"]}')
    expect(JSON.parse(visibleJson(value, 2))).toEqual(value)
  })
})
