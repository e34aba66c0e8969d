import type { ChangeListener, ChangeNotice, Space } from '../contract.js'

type Stop = () => Promise<void>

/**
 * Passes on what other nodes change in either store. A record that moves ends in its old store, and the notice of that does not say
 * why: so an end is passed on if `isLive` finds the record nowhere. If that cannot be found out, the listener gets a gap.
 */
export async function watchBoth(
  stores: readonly [Watched, Watched],
  listener: ChangeListener,
  isLive: (id: string) => Promise<boolean>,
): Promise<Stop> {
  const careful: ChangeListener = {
    onChange(notice) {
      if (notice.kind === 'ended') void tellOfEnd(notice)
      else listener.onChange(notice)
    },
    onGap: () => listener.onGap(),
  }
  async function tellOfEnd(notice: ChangeNotice): Promise<void> {
    const lives = await isLive(notice.id).catch(() => undefined)
    if (lives === undefined) listener.onGap()
    else if (!lives) listener.onChange(notice)
  }
  const [first, second] = stores
  const stopFirst = await first.watch(careful)
  try {
    const stopSecond = await second.watch(careful)
    return async () => {
      await Promise.all([stopFirst(), stopSecond()])
    }
  } catch (error) {
    await stopFirst()
    throw error
  }
}

export type Watched = Required<Pick<Space, 'watch'>>
