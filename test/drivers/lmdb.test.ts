import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vitest from 'vitest'
import { lmdb } from '../../src/drivers/lmdb/index.js'
import { driverSuite } from '../../src/testing/index.js'

const path = await mkdtemp(join(tmpdir(), 'koa-scopes-lmdb-'))

driverSuite(vitest, { definition: lmdb, options: { path }, remove: () => rm(path, { recursive: true }) })
