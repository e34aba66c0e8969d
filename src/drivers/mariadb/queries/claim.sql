-- Claims a record that this transaction holds.
-- Parameters: token, due_at, wake_at, attempt, space, id.
update {records} set claim_token = ?, due_at = ?, wake_at = ?, attempt = ? where space = ? and id = ?
