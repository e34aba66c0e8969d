/*
 * Single steps of koa-scopes, each in its own loop. Run: npm run bench:micro
 *
 * In such a loop everything is warm: the figures compare steps with each other, and with themselves after a change. For the
 * cost of a request use `npm run bench`. These are times by the clock: on a busy machine trust the lowest ones.
 */
import { run } from 'mitata'
import { benchCodec } from './micro/codec.js'
import { benchCookies } from './micro/cookies.js'
import { benchLmdb } from './micro/lmdb.js'
import { benchRecords } from './micro/records.js'
import { benchSealed } from './micro/sealed.js'
import { benchValues } from './micro/sealed-values.js'

benchCodec()
benchCookies()
benchSealed()
benchValues()
const closers = [await benchRecords(), await benchLmdb()]
await run({ colors: process.stdout.isTTY === true })
for (const close of closers) await close()
