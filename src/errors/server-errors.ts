import { entry } from './entry.js'

/** The part of the error table that concerns the address to listen on. */
export const serverErrors = {
  PORT_IN_USE: entry<{ where: string; key: 'server.port' | 'admin.port' }>(
    500,
    (d) => `${d.where} is in use by another program.`,
    (d) => `Stop that program or set another ${d.key}.`,
  ),
  LISTEN_FAILED: entry<{ where: string; reason: string; remedy: string }>(
    500,
    (d) => `${d.where} cannot be listened on: ${d.reason}.`,
    (d) => d.remedy,
  ),
}
