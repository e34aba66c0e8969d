import { writeFileSync } from 'node:fs'
import { licenceList } from './licences.js'
import { root } from './sources.js'

writeFileSync(`${root}docs/licences.md`, licenceList())
