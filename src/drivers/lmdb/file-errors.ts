/** The content of the file is damaged. */
export class Damage extends Error {}

/** The file is open in this process with another durability. */
export class FileInUse extends Error {}

/** The package lmdb is not there, as beside a bundle, or does not load. */
export class NoLibrary extends Error {}

/** There is no file that a node has made. */
export class NoStore extends Error {}

/** A process of another pid namespace uses the file. */
export class OtherPidNamespace extends Error {}
