import { statSync } from 'node:fs'
import type { ApplicationConfig } from '../config.js'
import { nearestWord } from '../nearest-word.js'
import type { Check, CheckProblem } from './check.js'

/** Checks that each application has a definition, and that each definition given in code belongs to an application. */
export const checkDefinitions: Check = function* (subject) {
  const { inCode, loadsNoModule, mayBeInCode } = subject
  const { applications } = subject.config
  if (loadsNoModule) return
  for (const application of applications.values()) {
    if (application.module === undefined && mayBeInCode) continue
    if (!inCode.includes(application.name)) yield* moduleProblems(application)
  }
  for (const name of inCode) {
    if (applications.has(name)) continue
    const near = nearestWord(name, applications.keys())
    yield {
      path: ['applications', name],
      problem: 'A definition of this application was given in code, but it is not declared here.',
      remedy: `${near ? `Did you mean ${near}? ` : ''}Declare it, as in: applications: { ${name}: {} }`,
    }
  }
}

function* moduleProblems({ name, module }: ApplicationConfig): Generator<CheckProblem> {
  const path = ['applications', name, 'module']
  if (module === undefined) {
    const remedy = 'Name the file with its definition, as in: module: ./shop/application.ts'
    yield { path, problem: 'This key is missing.', remedy }
  } else if (!statSync(module, { throwIfNoEntry: false })?.isFile()) {
    yield { path, problem: 'There is no file {value}.', remedy: 'The path is relative to the configuration file.' }
  }
}

/** Checks that no two applications have the same host and mount: a request belongs to one application. */
export const checkMounts: Check = function* ({ config: { applications } }) {
  const taken = new Map<string, string>()
  for (const { name, host = '', mount } of applications.values()) {
    const place = `${host}${mount}`
    const holder = taken.get(place)
    taken.set(place, holder ?? name)
    if (holder === undefined) continue
    yield {
      path: ['applications', name, 'mount'],
      problem: `The application ${holder} already answers under ${mount}${host && ' on the same host'}.`,
      remedy: 'Give one of them another mount or host.',
      because: [name, holder].flatMap((one) => ['mount', 'host'].map((key) => ['applications', one, key])),
    }
  }
}
