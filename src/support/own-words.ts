/**
 * The parameters of an issue whose message holds nothing of what was given, only words of this package. Such a message is shown
 * whatever the secrets of a configuration are: a key `s` is also a letter of "is shorter".
 */
export const ownWords = (remedy: string) => ({ remedy, areOwnWords: true })
