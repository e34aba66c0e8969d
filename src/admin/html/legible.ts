/** Control characters, those that turn the direction of text around, blanks without width, and halves of a character. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** A text with its invisible characters written out, as in `\u{202e}`: a visitor's text must not look like another one. */
export const legible = (text: string): string =>
  text.replace(unseen, (character) =>
    character === '\n' ? '\u240a' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
