import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { isSealing } from '../../drivers/definition.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { fileFrom, takesFile } from '../config-file.js'
import { Output } from '../terminal/output.js'
import { withStores } from '../with-stores.js'
import { applicationIn, type RecordFlags, takesApplication } from './chosen.js'

export function addCount(parent: Command, kind: ScopeKind): void {
  takesApplication(takesFile(parent.command('count').description(`print the number of live ${kind}s`)))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `\nSome stores count approximately: --json says it.\nExample: koa-scopes ${kind}s count -a shop`,
    )
    .action((file: string | undefined, flags: RecordFlags) => count(fileFrom(file, flags), kind, flags))
}

const count = (file: string, kind: ScopeKind, flags: RecordFlags): Promise<void> =>
  withStores(file, async (stores) => {
    const output = new Output()
    const application = applicationIn(stores.config, kind, flags)
    const live = await (await stores.directory(application, kind)).count()
    if (!flags.json) return output.line(`${live}`)
    return output.json({ application, scope: kind, count: live, isExact: isExact(stores.config, application, kind) })
  })

/** Whether the store counts exactly. */
function isExact({ applications, caches }: Config, application: string, kind: ScopeKind): boolean {
  const cache = caches.get(applications.get(application)?.[kind]?.storage ?? '')
  return cache !== undefined && !isSealing(cache.driver) && cache.driver.capabilities(cache.options).exactCount
}
