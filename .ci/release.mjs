/**
 * Refuses to release what does not fit together; all reasons at once.
 *
 *     node .ci/release.mjs <tag> <address of the repository>
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (file) => readFileSync(join(import.meta.dirname, '..', file), 'utf8')

const [tag, address] = process.argv.slice(2)
const { repository, version } = JSON.parse(read('package.json'))
const described = /^## (\S+):/m.exec(read('docs/changelog.md'))?.[1]

const reasons = []
if (tag !== `v${version}`)
  reasons.push(`The tag is ${tag}, and the version in package.json ${version}. Tag v${version}.`)
if (described !== version) {
  reasons.push(`The newest section of docs/changelog.md is ${described}, and the version in package.json ${version}.`)
}
if (repository.url !== `git+${address}.git`) {
  reasons.push(
    `package.json names the repository ${repository.url}, and this is ${address}. Write "git+${address}.git" there, ` +
      'and change homepage and bugs with it: npm signs only what names its repository, and README links into it.',
  )
}
for (const reason of reasons) console.error(reason)
process.exitCode = reasons.length > 0 ? 1 : 0
