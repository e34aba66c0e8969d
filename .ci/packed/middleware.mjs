import { inEmptyFolder } from './folder.mjs'

/** In the versions that docs/middleware.md names. */
const packages = [
  'koa@3',
  'koa-bodyparser@4',
  '@koa/bodyparser@6',
  'koa-body@8',
  '@koa/multer@4',
  'multer@2',
  'koa-compress@5',
  'koa-static@5',
  'koa-mount@4',
  'koa-helmet@9',
  'helmet@8',
  '@koa/cors@5',
  'koa-passport@6',
  'passport@0.7',
  'passport-local@1',
  'koa-websocket@7',
  'ws@8',
  '@as-integrations/koa@1',
  '@apollo/server@4',
  'graphql@16',
  '@trpc/server@11',
  'trpc-koa-adapter@1',
]

/** Other middleware of Koa where it meets sessions: docs/middleware.md. */
export const checkMiddleware = () =>
  inEmptyFolder('middleware', async (folder) => {
    folder.copy('.ci/packed/middleware')
    folder.run(
      'npm',
      'pkg',
      'set',
      'overrides.@as-integrations/koa.koa=$koa',
      'overrides.koa-passport.passport=$passport',
    )
    folder.install(...packages)
    folder.run('node', '--test')
  })
