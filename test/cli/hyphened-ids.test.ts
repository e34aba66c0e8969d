import { expect, it } from 'vitest'
import { withoutHyphenedIds } from '../../src/cli/hyphened-ids.js'

const id = '-cAbCdEf_hIjKlMnOpQrStu'.slice(0, 22)

it.each([
  [
    ['sessions', 'show', id, '--json'],
    ['sessions', 'show', '--json', '--', id],
  ],
  [
    ['sessions', 'end', '--yes', id],
    ['sessions', 'end', '--yes', '--', id],
  ],
  [['sessions', 'end', '--principal', 'ada', '--except', id]],
  [['sessions', 'show', '--', id]],
  [['sessions', 'list', '--id-prefix', '-c']],
  [['check', '--connect', '--json']],
])('%j', (args, wanted = args) => expect(withoutHyphenedIds(args)).toEqual(wanted))
