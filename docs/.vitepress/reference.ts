/*
 * Writes the reference of the public names into docs/api, from their docstrings. Run alone: `tsx docs/.vitepress/reference.ts`.
 */
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  Application,
  Comment,
  IntrinsicType,
  type ProjectReflection,
  ReferenceType,
  ReflectionKind,
  UnionType,
} from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import { repository } from './addresses.js'
import { reference, root } from './folders.js'

/** The entries of `exports` in package.json: the file that each is compiled from, and what it is for. */
const modules = [
  { name: 'koa-scopes', file: 'src/index.ts', text: 'Containers, applications, and all that drivers need.' },
  { name: 'koa-scopes/testing', file: 'src/testing/index.ts', text: 'The suite for drivers, and a clock for tests.' },
  { name: 'koa-scopes/ws', file: 'src/ws.ts', text: 'Web sockets that are bound to sessions, by the package `ws`.' },
  { name: 'koa-scopes/passport', file: 'src/passport.ts', text: 'Sessions for koa-passport.' },
  { name: 'koa-scopes/opentelemetry', file: 'src/opentelemetry/index.ts', text: 'Spans and metrics.' },
  { name: 'koa-scopes/augment', file: 'src/augment.ts', text: 'Types for Koa apps that type their context globally.' },
  {
    name: 'Other types',
    file: 'docs/.vitepress/named.ts',
    text: 'Types that those of the modules name. They are not exported.',
  },
] as const

const markdown: Partial<PluginOptions> = {
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  navigationJson: join(reference, 'navigation.json'),
  navigationModel: { excludeFolders: true },
  pageTitleTemplates: { member: ({ name }) => name, module: ({ name }) => name },
  parametersFormat: 'table',
  indexFormat: 'table',
}

/** Throws if TypeDoc has anything to complain of. */
export async function writeReference(): Promise<void> {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: modules.map(({ file }) => join(root, file)),
    tsconfig: join(root, 'docs/.vitepress/tsconfig.reference.json'),
    plugin: [fileURLToPath(import.meta.resolve('typedoc-plugin-markdown'))],
    name: 'API reference',
    readme: 'none',
    skipErrorChecking: true, // `npm run check` has compiled all of it
    out: reference,
    sortEntryPoints: false,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    // `named.ts` has those of them that readers look for.
    validation: { notExported: false },
    disableGit: true,
    ...(repository ? { sourceLinkTemplate: `${repository}/blob/main/{path}#L{line}` } : { disableSources: true }),
    ...markdown,
  })
  const project = await app.convert()
  if (project) {
    nameModules(project)
    nameConfigInput(project)
    app.validate(project)
    await app.generateOutputs(project)
  }
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('TypeDoc has complained: see above')
}

/** TypeDoc names a module by its file. */
function nameModules(project: ProjectReflection): void {
  for (const { name, file, text } of modules) {
    const module = project.getChildByName([file.replace(/(\/index)?\.ts$/, '')])
    if (!module) throw new Error(`TypeDoc has no module for ${file}`)
    module.name = name
    module.comment = new Comment([{ kind: 'text', text }])
  }
}

/** Where a type that is computed from a schema is used in a union, TypeScript forgets its name, and shows all of it. */
function nameConfigInput(project: ProjectReflection): void {
  const named = project.getReflectionsByKind(ReflectionKind.TypeAlias).find(({ name }) => name === 'ConfigInput')
  const parameter = project
    .getReflectionsByKind(ReflectionKind.Parameter)
    .find(({ name, parent }) => name === 'source' && parent?.name === 'createContainer')
  if (!named?.isDeclaration() || !parameter?.isParameter()) throw new Error('createContainer() has changed')
  parameter.type = new UnionType([
    new IntrinsicType('string'),
    ReferenceType.createResolvedReference('ConfigInput', named, project),
  ])
}

if (pathToFileURL(process.argv[1] ?? '').href === import.meta.url) await writeReference()
