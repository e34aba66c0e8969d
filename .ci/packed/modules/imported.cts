import type { Container } from 'koa-scopes' with { 'resolution-mode': 'import' }

export async function start(): Promise<Container> {
  const { createContainer } = await import('koa-scopes')
  return createContainer('app.config.yaml')
}
