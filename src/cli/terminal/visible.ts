/*
 * Names, principals and values come from visitors. A terminal would carry out control characters in them, and invisible ones
 * would make two texts look the same.
 */

/** Control characters, surrogates without their other half, and characters without a shape, such as those that turn the direction. */
const unshown = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
/** Those of them that JSON.stringify leaves as they are. */
const unshownInJson = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu

/** The text with every such character as \u{...}. */
export const visible = (text: string): string =>
  text.replace(unshown, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

/** JSON with every such character escaped: the same value to a program. `indent`: spaces for each level; 0: one line. */
export const visibleJson = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(unshownInJson, (character) =>
    [...Array(character.length).keys()].map((at) => `\\u${hex(character.charCodeAt(at))}`).join(''),
  )

const hex = (code: number): string => code.toString(16).padStart(4, '0')
