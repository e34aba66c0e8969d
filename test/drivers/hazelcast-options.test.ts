import { describe, expect, it } from 'vitest'
import { hazelcastOptions } from '../../src/drivers/hazelcast/options.js'

const mistakesIn = (options: object) =>
  hazelcastOptions.safeParse(options).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('the options of the driver hazelcast', () => {
  it('name a member on this host, of a cluster with the name that Hazelcast gives', () => {
    expect(hazelcastOptions.parse({})).toEqual({
      members: ['127.0.0.1:5701'],
      clusterName: 'dev',
      prefix: 'scopes:',
      membersJar: 'auto',
    })
  })

  it('name members as host:port, IPv6 in brackets', () => {
    const members = ['hz-1:5701', '10.0.0.1:5701', '[::1]:65535']
    expect(hazelcastOptions.parse({ members }).members).toEqual(members)
  })

  it.each([
    [{ members: [] }, 'members'],
    [{ members: ['hz-1'] }, 'members.0: an address is written host:port'],
    [{ members: ['hz-1:0'] }, 'members.0: has a port that is not between 1 and 65535'],
    [{ members: ['hz-1:65536'] }, 'members.0: has a port that is not between 1 and 65535'],
    [{ members: 'hz-1:5701' }, 'members'],
    [{ clusterName: '' }, 'clusterName'],
    [{ prefix: 'a b' }, 'prefix: a prefix has only letters, digits and . : _ -'],
    [{ prefix: 'all*' }, 'prefix: a prefix has only letters, digits and . : _ -'],
    [{ username: '' }, 'username'],
    [{ password: 'secret' }, 'password: has no username beside it'],
    [{ membersJar: true }, 'membersJar'],
    [{ membersJar: 'on' }, 'membersJar'],
    [{ tls: true }, ''],
    [{ backupCount: 1 }, ''],
  ])('refuse %j', (options, mistake) => {
    expect(mistakesIn(options)).toContainEqual(expect.stringContaining(mistake))
  })
})
