/*
 * Keeps the sessions of an earlier program when an application moves to this package: `adopt: fromKoaSession({ ... })` in its
 * definition. `from-cookies.ts` is what all sources share; `from-koa-session.ts` and `from-express-session.ts` verify the
 * cookies of these packages; `redis.ts` takes the records from a Redis.
 */
export type { OldCookie } from '../http/cleared-cookies.js'
export type { Adopted, OldSession, Taken, Taking } from '../koa/old-session.js'
export type { Keys } from './cookie-signatures.js'
export { type CookiesOptions, fromCookies } from './from-cookies.js'
export { type ExpressSessionOptions, fromExpressSession } from './from-express-session.js'
export { fromKoaSession, type KoaSessionOptions, type Mark, type Marks } from './from-koa-session.js'
export { marksInRedis, type RedisClient, takeFromRedis } from './redis.js'
export type { Adopt, OldContext, OldLife, OldRecord, SourceOptions, Take } from './source.js'
