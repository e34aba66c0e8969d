/** Characters that take two columns in a terminal. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const combining = /\p{M}/u

/** The columns that a text takes, as most terminals count. It has no control characters. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += widthOfOne(character)
  return width
}

/** The text, cut to so many columns with … at its end if it is longer. */
export function cutTo(width: number, text: string): string {
  if (widthOf(text) <= width) return text
  let [kept, used] = ['', 1]
  for (const character of text) {
    used += widthOfOne(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

export const padTo = (width: number, text: string): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

const widthOfOne = (character: string): number => (combining.test(character) ? 0 : wide.test(character) ? 2 : 1)
