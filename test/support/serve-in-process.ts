import type { Container } from '../../src/container/container.js'
import type { FromServer } from './shop-server.js'

/** For a process of its own: tells its parent where it listens, and stops in good order at SIGTERM, at once when the parent has gone. */
export async function serveInProcess(container: Container, tell: (message: FromServer) => void): Promise<void> {
  process.once('SIGTERM', async () => {
    await container.close()
    process.disconnect()
  })
  process.once('disconnect', () => process.exit())
  const { url } = await container.listen()
  tell({ listens: url })
}
