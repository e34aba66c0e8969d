import { createContainer } from '../container/container.js'

/** Serves until SIGINT or SIGTERM, then closes the container; a second signal ends the process at once. */
export async function start(file: string): Promise<void> {
  const container = await createContainer(file)
  try {
    const { url } = await container.listen()
    process.stdout.write(`koa-scopes serves ${[...container.config.applications.keys()].join(', ')} at ${url}\n`)
  } catch (error) {
    await container.close()
    throw error
  }
  const stop = (signal: NodeJS.Signals) => {
    process.once('SIGINT', quit)
    process.once('SIGTERM', quit)
    process.stdout.write(`${signal}: stopping; send it again to stop at once\n`)
    container.close().catch((error) => {
      process.stderr.write(`${error.stack}\n`)
      process.exitCode = 1
    })
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

const quit = () => process.exit(1)
