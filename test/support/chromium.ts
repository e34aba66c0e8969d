import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']
const folders = process.env.PATH?.split(delimiter) ?? []

const executablePath =
  process.env.CHROMIUM_PATH ?? folders.flatMap((it) => names.map((name) => join(it, name))).find(existsSync) ?? ''

export const hasChromium = executablePath !== ''

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Without a window, and with an empty profile of its own. */
export const startChromium = (): Promise<Browser> => chromium.launch({ executablePath, headless: true, args: flags })
