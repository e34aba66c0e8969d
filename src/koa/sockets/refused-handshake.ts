import { headerPairs } from '../../http/header-pairs.js'
import type { Refused } from '../../http/upgrades.js'
import { headersOfRefusal } from '../connect.js'
import type { FailureLog } from '../failure-log.js'

/**
 * The answer to a handshake that failed with this error, which may be anything that was thrown. An error that cannot be read or
 * whose headers cannot be sent is answered with 500, and logged. Never throws.
 */
export function refusalFor(error: unknown, failures: FailureLog): Refused {
  const kept = headersOfRefusal(error)
  try {
    const { expose, headers, message, status } = Object(error)
    if (!expose) failures.failed(error, 'a web socket could not be opened')
    const own = typeof headers === 'object' && headers !== null ? headerPairs(headers) : []
    const words = expose === true && typeof message === 'string' ? { message } : {}
    return { status: isRefusal(status) ? status : 500, headers: [...own, ...kept], ...words }
  } catch (failure) {
    failures.failed(failure, 'the error of a handshake cannot be its answer')
    return { status: 500, headers: kept }
  }
}

const isRefusal = (status: unknown): status is number =>
  typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600
