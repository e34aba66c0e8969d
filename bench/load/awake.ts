/**
 * Keeps this process from sleeping until the returned function is called. A server that writes to a sleeping reader pays for
 * waking it, which is not a cost of the session library: if readers sleep now and then, it is most of the noise.
 */
export function stayAwake(): () => void {
  let isAwake = true
  const turn = () => {
    if (isAwake) setImmediate(turn)
  }
  turn()
  return () => {
    isAwake = false
  }
}
