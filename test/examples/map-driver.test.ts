import * as vitest from 'vitest'
import { inMap } from '../../examples/map-driver/index.js'
import { driverSuite } from '../../src/testing/index.js'

driverSuite(vitest, { definition: inMap, options: {} })
