/** A type without `readonly`, for an object that is built step by step before it is shared. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
