/* What moves on the pages: parts that are fetched again, and the charts. Everything else works without this script. */

/** Fetches the page again and replaces the parts that are due, except one that the operator is in. */
async function refresh(parts) {
  const response = await fetch(location.href, { headers: { accept: 'text/html', 'x-refresh': 'true' } })
  if (response.status === 401) location.reload()
  if (!response.ok) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const part of parts) {
    const replacement = fresh.getElementById(part.id)
    if (replacement && !part.contains(document.activeElement) && !isSelected(part)) part.replaceWith(replacement)
  }
}

function isSelected(part) {
  const selection = getSelection()
  return selection !== null && !selection.isCollapsed && selection.containsNode(part, true)
}

/** Calls `task` every so many seconds while the page is visible, and when it becomes visible. One call at a time. */
function every(seconds, task) {
  let isRunning = false
  const run = async () => {
    if (document.hidden || isRunning) return
    isRunning = true
    await task().catch(() => {}) // the node is not there at the moment: the next time tries again
    isRunning = false
  }
  setInterval(run, seconds * 1000)
  document.addEventListener('visibilitychange', run)
}

const seconds = new Set([...document.querySelectorAll('[data-live]')].map((part) => part.dataset.live))
for (const each of seconds) every(Number(each), () => refresh([...document.querySelectorAll(`[data-live="${each}"]`)]))

const units = ['B', 'KB', 'MB', 'GB']

function sized(bytes) {
  let [amount, unit] = [bytes, 0]
  for (; amount >= 1024 && unit < units.length - 1; unit++) amount /= 1024
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`
}

const rounded = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

const written = {
  rate: (value) => `${rounded(value)}/s`,
  ms: (value) => `${rounded(value)} ms`,
  bytes: sized,
  count: (value) => value.toLocaleString('en-GB'),
}

/** On an axis no digit is written that is always zero. */
const ticks = {
  ...written,
  rate: (value) => `${Number(value.toFixed(2))}/s`,
  ms: (value) => `${Number(value.toFixed(3))} ms`,
  bytes: (bytes) => sized(bytes).replace('.0 ', ' '),
}

/** In UTC, with seconds where two would be alike without them. */
function timesOf(times) {
  const isClose = times.some((time, index) => index > 0 && time - times[index - 1] < 60)
  return times.map((time) => new Date(time * 1000).toISOString().slice(11, isClose ? 19 : 16))
}

const powersOfTwo = Array.from({ length: 45 }, (_, exponent) => 2 ** exponent)

/** A figure of a sample, as in `memory.heap`; null where there is none. Names of caches and scopes have no dots. */
const figureIn = (sample, path) => path.split('.').reduce((at, key) => at?.[key], sample) ?? null

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** One figure of the page: draws the samples, and writes the newest figures into its caption. */
class Chart {
  #uPlot
  #figure
  #about
  #plot
  #samples = []

  constructor(uPlot, figure) {
    this.#uPlot = uPlot
    this.#figure = figure
    this.#about = JSON.parse(figure.dataset.chart)
    new ResizeObserver(() => this.#fit()).observe(figure)
  }

  show(samples) {
    this.#samples = samples
    if (samples.length < 2) this.#wait()
    else if (this.#plot) this.#plot.setData(this.#columns())
    else this.draw()
    this.#write()
  }

  /** One sample makes no line. */
  #wait() {
    this.#figure.querySelector('.plot').textContent = 'Collecting figures'
  }

  /** The figures under the pointer, else the newest. What the page came with stays while there is no newer figure. */
  #write() {
    const pointed = this.#plot?.cursor.idx ?? null
    const sample = this.#samples[pointed ?? this.#samples.length - 1]
    for (const { path } of this.#about.series) {
      const value = figureIn(sample, path)
      const output = this.#figure.querySelector(`output[data-path="${CSS.escape(path)}"]`)
      if (value !== null) output.value = written[this.#about.unit](value)
      else if (pointed !== null) output.value = 'no figure'
    }
  }

  /** Again, where the colours have changed. */
  draw() {
    if (this.#samples.length < 2) return
    this.#plot?.destroy()
    const place = this.#figure.querySelector('.plot')
    place.textContent = ''
    this.#plot = undefined
    const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } }
    const tick = ticks[this.#about.unit]
    this.#plot = new this.#uPlot(
      {
        ...this.#size(),
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: 'node' } },
        hooks: { setCursor: [() => this.#plot && this.#write()] },
        legend: { show: false },
        scales: { y: { range: (_, min, max) => [Math.min(0, min ?? 0), max > 0 ? max * 1.1 : 1] } },
        axes: [
          {
            ...axis,
            size: 28,
            values: (_, times) => timesOf(times),
          },
          {
            ...axis,
            size: 68,
            incrs: this.#about.unit === 'bytes' ? powersOfTwo : undefined,
            values: (_, values) => values.map(tick),
          },
        ],
        series: [
          {},
          ...this.#about.series.map((_, index) => ({
            stroke: colour(`--series-${Math.min(index + 1, 6)}`),
            width: 1.5,
            dash: index === 0 ? undefined : [4, 2],
            points: { show: false },
          })),
        ],
      },
      this.#columns(),
      place,
    )
  }

  #columns() {
    return [
      this.#samples.map(({ at }) => at / 1000),
      ...this.#about.series.map(({ path }) => this.#samples.map((sample) => figureIn(sample, path))),
    ]
  }

  #size() {
    return { width: Math.max(this.#figure.clientWidth, 200), height: 144 }
  }

  #fit() {
    this.#plot?.setSize(this.#size())
  }
}

const figures = [...document.querySelectorAll('figure[data-chart]')]
if (figures.length > 0) await startCharts(figures)

async function startCharts(figures) {
  const { default: uPlot } = await import('./uplot.js')
  const charts = figures.map((figure) => new Chart(uPlot, figure))
  let samples = []
  const update = async () => {
    const response = await fetch(`/samples?after=${samples.at(-1)?.at ?? 0}`, {
      headers: { accept: 'application/json' },
    })
    if (!response.ok) return
    const { samples: newer } = await response.json()
    samples = [...samples, ...newer].slice(-720)
    for (const chart of charts) chart.show(samples)
  }
  await update()
  every(2.5, update)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const chart of charts) chart.draw()
  })
}
