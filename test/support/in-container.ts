import type { GenericContainer, StartedTestContainer } from 'testcontainers'

/** A server in a container, which testcontainers started. */
export interface ServerInContainer {
  /** `host:port`, as this process reaches it. */
  readonly address: string
  readonly container: StartedTestContainer
  stop(): Promise<void>
}

/** Starts an image whose server listens on this port; `set` sets it up before. undefined where no container engine answers. */
export async function inContainer(
  image: string,
  port: number,
  set: (container: GenericContainer) => GenericContainer = (container) => container,
): Promise<ServerInContainer | undefined> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers')
  const hasEngine = await getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
  if (!hasEngine) return undefined
  const container = await set(new GenericContainer(image)).withExposedPorts(port).start()
  return {
    address: `${container.getHost()}:${container.getMappedPort(port)}`,
    container,
    stop: async () => void (await container.stop()),
  }
}
