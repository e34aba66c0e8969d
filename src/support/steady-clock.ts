import { uptime } from 'node:os'
import type { Cancel, Clock } from './clock.js'
import { longestTimerMs } from './duration.js'

/** What a machine knows of the time, in milliseconds. */
export interface TimeSources {
  /** Since 1970-01-01 UTC, as the machine is set. */
  wall(): number
  /** Since any moment. It may stand still while the machine is suspended. */
  monotonic(): number
  /** As `monotonic`, but it goes on while the machine is suspended. Costs more to read. */
  sinceBoot(): number
}

const machineTime: TimeSources = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  sinceBoot: () => uptime() * 1_000,
}

/** Up to this much, and this part of the time since the last look, is how clocks are kept right, and no step. */
const tolerableMs = 1_000
const tolerableDrift = 0.001

/**
 * The wall clock as it was when the process started, and the time that has really passed since: if the machine is set to another
 * time, forward or backward, no record ends early and none lives longer. Suspended time counts as passed. A clock that runs
 * a little fast or slow is followed.
 */
export class SteadyClock implements Clock {
  readonly #sources: TimeSources
  readonly #listeners = new Set<(stepMs: number) => void>()
  #wallAt: number
  #monotonicAt: number
  /** How far `sinceBoot` is ahead of `monotonic`: it grows by each suspension. */
  #suspendedMs: number
  /** The sum of all steps: how far the wall clock is ahead of this one. */
  #steppedMs = 0

  constructor(sources: TimeSources = machineTime) {
    this.#sources = sources
    this.#wallAt = sources.wall()
    this.#monotonicAt = sources.monotonic()
    this.#suspendedMs = sources.sinceBoot() - this.#monotonicAt
  }

  now(): number {
    const wall = this.#sources.wall()
    if (wall === this.#wallAt) return wall - this.#steppedMs
    const monotonic = this.#sources.monotonic()
    const passedMs = monotonic - this.#monotonicAt
    const strayMs = wall - this.#wallAt - passedMs
    this.#wallAt = wall
    this.#monotonicAt = monotonic
    const tolerance = tolerableMs + passedMs * tolerableDrift
    if (Math.abs(strayMs) > tolerance) this.#examine(strayMs, tolerance)
    return wall - this.#steppedMs
  }

  schedule(task: () => void, delayMs: number): Cancel {
    const timer = setTimeout(task, Math.min(delayMs, longestTimerMs))
    timer.unref()
    return () => clearTimeout(timer)
  }

  /** Calls `listener` with each step of the wall clock, in milliseconds; negative: backward. */
  onStep(listener: (stepMs: number) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The wall clock has moved otherwise than the monotonic one: by a suspension, which was real time, or by a step. */
  #examine(strayMs: number, tolerance: number): void {
    const suspendedMs = this.#sources.sinceBoot() - this.#monotonicAt
    const stepMs = Math.round(strayMs - (suspendedMs - this.#suspendedMs))
    this.#suspendedMs = suspendedMs
    if (Math.abs(stepMs) <= tolerance) return
    this.#steppedMs += stepMs
    for (const listener of this.#listeners) listener(stepMs)
  }
}

/** The clock of the process. */
export const systemClock: Clock = new SteadyClock()
