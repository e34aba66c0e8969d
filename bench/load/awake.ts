/**
 * Keeps this process from sleeping until the returned function is called. Waking a reader is paid for by the server that
 * writes to it, and is no part of what a session library costs: while readers sleep now and then, it is most of the noise.
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
