/** Connections to a database, the same for every contestant: the default of the pools of pg and mysql2. */
export const poolSize = 10
