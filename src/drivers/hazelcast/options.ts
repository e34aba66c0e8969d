import { z } from 'zod'
import { passwordOptions } from '../network/secret.js'
import { addressOption, refuserOf, severalPasswords } from '../network/server-options.js'

export const hazelcastOptions = z
  .strictObject({
    members: z
      .array(addressOption('10.0.0.1:5701'))
      .min(1)
      .default(['127.0.0.1:5701'])
      .meta({
        description: 'Some members of the cluster; the others are found through them.',
        examples: [['10.0.0.1:5701', '10.0.0.2:5701']],
      }),
    clusterName: z
      .string()
      .min(1)
      .default('dev')
      .meta({ description: 'The name of the cluster, as the members have it.', examples: ['production'] }),
    username: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The user, for members of Hazelcast Enterprise with security. Other members refuse a user.',
        examples: ['koa'],
      }),
    ...passwordOptions(),
    prefix: z
      .string()
      .regex(/^[\w.:-]*$/, 'a prefix has only letters, digits and . : _ -')
      .default('scopes:')
      .meta({ description: 'The beginning of the names of all maps and ringbuffers.', examples: ['shop:'] }),
    membersJar: z
      .enum(['auto', 'required', 'off'])
      .default('auto')
      .meta({
        description:
          'Whether members that have the jar of koa-scopes carry out the changes, in one round trip each: if all have it (auto), always (required: else the start fails), never (off).',
        examples: ['required'],
      }),
  })
  .check(({ value, issues }) => {
    const refuse = refuserOf(value, issues)
    for (const { key, message, remedy } of severalPasswords(value, false)) refuse(key, message, remedy)
    const given = (['password', 'passwordFile'] as const).find((key) => value[key] !== undefined)
    if (given && value.username === undefined)
      refuse(given, 'has no username beside it', 'Add username:, or remove the password.')
  })

export type HazelcastOptions = z.infer<typeof hazelcastOptions>
