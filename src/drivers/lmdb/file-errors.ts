/** The file is not what it says it is. */
export class Damage extends Error {}

/** The file is open in this process in another way. */
export class FileInUse extends Error {}
