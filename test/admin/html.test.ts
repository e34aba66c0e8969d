import { describe, expect, it } from 'vitest'
import { html } from '../../src/admin/html/html.js'
import { legible } from '../../src/admin/html/legible.js'
import { paths } from '../../src/admin/html/paths.js'
import { moment, plural, sized, span } from '../../src/admin/html/words.js'

describe('html', () => {
  it('escapes every value but its own pieces', () => {
    const hostile = `<script>alert("1" + '2')</script>&amp;`
    expect(String(html`<p title="${hostile}">${html`<b>${hostile}</b>`}</p>`)).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot; + &#39;2&#39;)&lt;/script&gt;&amp;amp;"><b>&lt;script&gt;alert(&quot;1&quot; + &#39;2&#39;)&lt;/script&gt;&amp;amp;</b></p>',
    )
  })

  it('writes out what nobody sees, in texts and in attributes', () => {
    expect(String(html`<b title="${'\u202e'}">${'\u0000'}</b>`)).toBe('<b title="\\u{202e}">\\u{0}</b>')
  })

  it('joins lists, and leaves out undefined and false', () => {
    expect(String(html`${[html`<i>1</i>`, 2, ['<']]}${undefined}${false}${0}`)).toBe('<i>1</i>2&lt;0')
  })

  it('is made by nothing else: an object that looks like a piece is escaped', () => {
    const forged = { toString: () => '<b>', '#text': '<b>' } as unknown as string
    expect(() => String(html`${forged}`)).toThrow()
  })
})

describe('legible', () => {
  it('writes out what nobody sees', () => {
    expect(legible('a\u0000b\u001bc\u202ed\u200be\ufefff\ud800g')).toBe(
      'a\\u{0}b\\u{1b}c\\u{202e}d\\u{200b}e\\u{feff}f\\u{d800}g',
    )
    expect(legible('two\nlines\r\n')).toBe('two\u240alines\\u{d}\u240a')
    expect(legible('tag \u{e0041}')).toBe('tag \\u{e0041}')
  })

  it('leaves all scripts as they are', () => {
    for (const text of ['Zoë', 'Иван', '山田', 'عربي', '😀', "it's 1 < 2"]) expect(legible(text)).toBe(text)
  })
})

describe('paths', () => {
  it('encode texts of visitors', () => {
    expect(paths.record('shop', 'session', 'a/b?c#d%')).toBe('/applications/shop/sessions/a%2Fb%3Fc%23d%25')
    expect(paths.records('shop', 'client', { principal: 'a&b=c\n', cursor: undefined })).toBe(
      '/applications/shop/clients?principal=a%26b%3Dc%0A',
    )
    expect(() => paths.record('shop', 'session', '\ud800')).not.toThrow()
  })
})

describe('words', () => {
  it('for sizes, counts and times', () => {
    expect([0, 1023, 1024, 1536, 150 * 1024, 5 * 1024 ** 2, 3 * 1024 ** 3].map(sized)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KB',
      '1.5 KB',
      '150 KB',
      '5.0 MB',
      '3.0 GB',
    ])
    expect([0, 999, 1_000, 61_000, 3_600_000, 90_000_000].map(span)).toEqual([
      'less than 1 s',
      'less than 1 s',
      '1 s',
      '1 min 1 s',
      '1 h',
      '1 d 1 h',
    ])
    expect([plural(1, 'session'), plural(1_000_000, 'session')]).toEqual(['1 session', '1,000,000 sessions'])
  })

  it('for moments, with the moment itself in the title', () => {
    const now = Date.UTC(2026, 0, 31, 12)
    expect(String(moment(now - 90_000, now))).toBe(
      '<time datetime="2026-01-31T11:58:30.000Z" title="2026-01-31 11:58:30 UTC">1 min 30 s ago</time>',
    )
    expect(String(moment(now + 60_000, now))).toContain('>in 1 min<')
  })
})
