import type { DriverHealth } from '../../storage/contract.js'
import { isMariadb, isOn, type Settings } from './settings.js'

/** Less than the default of MariaDB: a record of the default size limit still fits. */
const enoughPacket = 4 * 1024 * 1024 + 4_096

/** Sentences on settings that may lose acknowledged changes, or refuse some. */
export function warningsOf(settings: Settings): string[] {
  const flush = settings.get('innodb_flush_log_at_trx_commit') ?? '1'
  const packet = Number(settings.get('max_allowed_packet'))
  const warnings: string[] = []
  if (flush !== '1') {
    const when = flush === '2' ? 'the machine' : 'the server or its machine'
    warnings.push(
      `innodb_flush_log_at_trx_commit is ${flush}: about the last second of acknowledged changes is lost if ${when} stops without warning. Set it to 1 if that is too much.`,
    )
  }
  if (isOn(settings, 'log_bin') && settings.get('sync_binlog') === '0')
    warnings.push(
      'sync_binlog is 0: after a power failure replicas may miss acknowledged changes, or have more than the server. Set it to 1.',
    )
  if (isOn(settings, 'wsrep_on'))
    warnings.push(
      'The server is a node of a Galera cluster, with which this driver was not tried. Let all nodes of the application use the same server, with the others behind it in hosts:.',
    )
  if (packet < enoughPacket)
    warnings.push(
      `max_allowed_packet is ${packet}: a larger attribute is refused with STORAGE_FULL. Set it above maxSize of the scopes.`,
    )
  return warnings
}

export function detailsOf(settings: Settings): DriverHealth['details'] {
  return {
    product: isMariadb(settings) ? 'mariadb' : 'mysql',
    version: settings.get('version') ?? '',
    flushLogAtCommit: Number(settings.get('innodb_flush_log_at_trx_commit')),
    binaryLog: isOn(settings, 'log_bin'),
    syncBinlog: Number(settings.get('sync_binlog')),
    galera: isOn(settings, 'wsrep_on'),
    maxAllowedPacket: Number(settings.get('max_allowed_packet')),
    maxConnections: Number(settings.get('max_connections')),
  }
}
