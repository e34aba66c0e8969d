/** The content of the file is damaged. */
export class Damage extends Error {}

/** The file is open in this process with another durability. */
export class FileInUse extends Error {}

/** The folder of an open file was removed or replaced. */
export class FolderGone extends Error {}

/** The folder was removed or replaced while a change was committed: the change may be in a file that no process will open again. */
export class CommitAstray extends Error {}

/** A process of another pid namespace uses the file. */
export class OtherPidNamespace extends Error {}
