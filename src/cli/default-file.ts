/** The configuration of a command that names none. */
export const defaultFile = 'app.config.yaml'
