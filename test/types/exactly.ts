type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only for a value of exactly this type, `any` and wider or narrower types refused: exactly<Date>()(value). */
export const exactly =
  <Expected>() =>
  <Actual>(_value: Actual, ..._verdict: Same<Expected, Actual> extends true ? [] : ['has another type']) => {}
