/*
 * Single steps of koa-scopes, each in a loop of its own. Run: npm run bench:micro
 *
 * In such a loop everything is warm: the figures show how steps compare, and what a change of one does to it. What a
 * request costs is for `npm run bench` to say. These are times by the clock: on a busy machine the lowest ones tell most.
 */
import { run } from 'mitata'
import { benchCodec } from './micro/codec.js'
import { benchCookies } from './micro/cookies.js'
import { benchLmdb } from './micro/lmdb.js'
import { benchRecords } from './micro/records.js'

benchCodec()
benchCookies()
const closers = [await benchRecords(), await benchLmdb()]
await run({ colors: process.stdout.isTTY === true })
for (const close of closers) await close()
