/*
 * The parts of SVG that two charts need. The drawing has its own background, which follows the reader's colour scheme, so
 * that it can be read on any page.
 */

const style = `
  .page { fill: #ffffff; stroke: #d0d7de } text { fill: #1f2328; font: 12px system-ui, sans-serif }
  .title { font-size: 15px; font-weight: 600 } .head { font-weight: 600 } .quiet { fill: #59636e } .end { text-anchor: end }
  .ours { fill: #0969da } .peer { fill: #bc4c00 } .wire { fill: #818b98 } .axis { stroke: #d0d7de }
  .line { fill: none; stroke-width: 2 } .line.ours { stroke: #0969da; fill: none } .line.peer { stroke: #bc4c00; fill: none }
  .small { font-size: 11px } .c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
  .c4 { stroke: #bf3989 } .c5 { stroke: #818b98 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #3d444d } text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .ours { fill: #4493f8 } .peer { fill: #f0883e } .wire { fill: #656c76 } .axis { stroke: #3d444d }
    .line.ours { stroke: #4493f8 } .line.peer { stroke: #f0883e }
  }`

export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">
<title>${escaped(title)}</title><style>${style}
</style>
<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${text(16, 28, title, 'title')}
${parts.join('\n')}
</svg>
`
}

export const text = (x: number, y: number, words: string, kind = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" class="${kind}">${escaped(words)}</text>`

export const bar = (x: number, y: number, width: number, height: number, kind: string): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 0))}" height="${height}" class="${kind}"/>`

export const line = (points: readonly (readonly [number, number])[], kind: string): string =>
  `<polyline points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}" class="${kind}"/>`

const round = (value: number): number => Math.round(value * 10) / 10

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
