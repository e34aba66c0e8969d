import { createContainer } from '../container/create-container.js'
import { stopAtSignals } from '../container/stop-signals.js'

/** Serves until a signal tells it to stop, then closes the container; a second signal ends the process at once. */
export async function start(file: string): Promise<void> {
  const starting = createContainer(file)
  let isStopping = false
  stopAtSignals({
    close: () => {
      isStopping = true
      return starting.then(
        (container) => container.close(),
        () => {}, // what went wrong is told below
      )
    },
    say: (message) => process.stdout.write(`${message}\n`),
    fail: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
  })
  const container = await starting
  if (isStopping) return
  try {
    const { adminUrl, url } = await container.listen()
    const names = [...container.config.applications.keys()].join(', ')
    process.stdout.write(`koa-scopes serves ${names || 'no application, since none is declared,'} at ${url}\n`)
    if (adminUrl !== undefined) process.stdout.write(`koa-scopes shows its admin page at ${adminUrl}\n`)
  } catch (error) {
    await container.close()
    if (!isStopping) throw error
  }
}
