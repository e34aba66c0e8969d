/** The result of "log out everywhere else", in words. */
export function loggedOutElsewhere(count: number): string {
  if (count === 0) return 'You were logged in nowhere else.'
  return count === 1 ? 'One other device is logged out.' : `${count} other devices are logged out.`
}
