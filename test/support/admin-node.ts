import { onTestFinished } from 'vitest'
import { type NodeOptions, type OperatedNode, startOperated } from './admin-site.js'

/** Starts a node with an admin page. It is closed at the end of the test, or `finished` gets the function that closes it. */
export async function operatedNode(
  options?: NodeOptions,
  finished: (stop: () => Promise<void>) => void = onTestFinished,
): Promise<OperatedNode> {
  const node = await startOperated(options)
  finished(() => node.container.close())
  return node
}
