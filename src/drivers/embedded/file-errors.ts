/** A file of an open store, or its folder, was removed or replaced. */
export class FileGone extends Error {}

/** The file was removed or replaced while a change was committed: the change may be in a file that no process will open again. */
export class CommitAstray extends Error {}
