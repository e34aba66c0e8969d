/** What is put together step by step before anybody else sees it. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
