import { resolve } from 'node:path'

/** As docs/module-systems.md has it, but not minified. `--env entry=file --env format=esm|cjs`. */
export default ({ entry, format }) => ({
  mode: 'production',
  target: 'node20.19',
  entry: `./${entry}`,
  output: {
    path: resolve('webpack'),
    filename: `${entry}.${format === 'esm' ? 'mjs' : 'cjs'}`,
    chunkFilename: `${entry}.${format}.[id].${format === 'esm' ? 'mjs' : 'cjs'}`,
    ...(format === 'esm' && { module: true, chunkFormat: 'module' }),
  },
  experiments: { outputModule: format === 'esm' },
  optimization: { minimize: false }, // which takes most of the time
  // What pg and others load if it is installed.
  ignoreWarnings: [/Can't resolve/],
})
