/*
 * The page's side of the socket. It closes with 1008 when the session ends, on whichever node and in whichever tab; any
 * other end is one of the network or of the node, and the page connects again.
 */
const byId = (id) => document.getElementById(id)
const [lines, status, count, form, text] = ['lines', 'status', 'count', 'say', 'text'].map(byId)

const sessionEnded = 1008
const longestPauseMs = 10_000

let socket
let pauseMs = 250

function connect() {
  show('waiting', 'connecting')
  socket = new WebSocket(new URL('chat', location.href.replace(/^http/, 'ws')))
  socket.addEventListener('open', () => {
    pauseMs = 250
    lines.replaceChildren()
    show('open', 'connected')
  })
  socket.addEventListener('message', ({ data }) => take(JSON.parse(data)))
  socket.addEventListener('close', ({ code }) => {
    if (code === sessionEnded) return leave()
    show('waiting', 'connection lost, trying again')
    setTimeout(connect, pauseMs)
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  })
}

function take({ count: own, line }) {
  if (own !== undefined) count.textContent = own
  if (line) append(line)
}

function append({ at, from, node, text: said }) {
  const item = document.createElement('li')
  const name = document.createElement('strong')
  name.textContent = from
  const when = document.createElement('time')
  when.dateTime = new Date(at).toISOString()
  when.textContent = `${new Date(at).toLocaleTimeString([], { timeStyle: 'short' })}, node ${node}`
  const words = document.createElement('span')
  words.textContent = said
  item.append(name, when, words)
  lines.append(item)
  item.scrollIntoView({ block: 'nearest' })
}

function leave() {
  show('ended', 'your session has ended')
  text.disabled = true
  form.querySelector('button').disabled = true
  const again = document.createElement('a')
  again.href = '.'
  again.textContent = 'Log in again'
  status.append(' ', again)
}

function show(state, words) {
  status.dataset.state = state
  status.textContent = words
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const said = text.value.trim()
  if (said === '' || socket.readyState !== WebSocket.OPEN) return
  socket.send(said)
  text.value = ''
})

connect()
