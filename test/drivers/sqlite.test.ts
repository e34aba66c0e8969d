import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vitest from 'vitest'
import { sqlite } from '../../src/drivers/sqlite/index.js'
import { driverSuite } from '../../src/testing/index.js'

const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-sqlite-'))
const path = join(folder, 'scopes.db')

driverSuite(vitest, { definition: sqlite, options: { path }, remove: () => rm(folder, { recursive: true }) })
