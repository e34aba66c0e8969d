/** The primary result codes of SQLite that this driver tells apart (https://sqlite.org/rescode.html). */
export const busy = 5
export const readOnly = 8
export const ioError = 10
export const corrupt = 11
export const full = 13
export const cannotOpen = 14
/** Of several processes that begin at once, this one came too late too often. */
export const lockingProtocol = 15
export const noDatabase = 26
