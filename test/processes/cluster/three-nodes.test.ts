// One file, so that the nodes start once.
import './three-nodes/content.js'
import './three-nodes/identity.js'
import './three-nodes/life.js'
import './three-nodes/principals.js'
