import { type Html, html } from './html.js'
import { style } from './style.css.js'

/** A whole page. `head` is what it has in its head besides title and icon. */
export const documentOf = (title: string, head: Html, body: Html): string =>
  String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  ${head}
</head>
<body>${body}
</body>
</html>
`)

/** A whole page with the style of the small examples in it. */
export const styledDocument = (title: string, body: Html): string => documentOf(title, style, body)
