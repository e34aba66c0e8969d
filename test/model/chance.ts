import fc from 'fast-check'

/** Three times out of four. */
export const often = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => among(1, undefined, 3, arbitrary)

/** Once out of four times. */
export const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => among(3, undefined, 1, arbitrary)

/** `usual`, or once out of four times another. */
export const mostly = <T>(usual: T, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> => among(3, usual, 1, arbitrary)

/** Shrinks to the first. */
const among = <A, B>(first: number, value: A, second: number, arbitrary: fc.Arbitrary<B>): fc.Arbitrary<A | B> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: first, arbitrary: fc.constant(value) },
    { weight: second, arbitrary },
  ) as fc.Arbitrary<A | B>

type Defined<T> = { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] } & {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>
}

/** Without what is undefined. */
export const defined = <T extends object>(members: T): Defined<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>
