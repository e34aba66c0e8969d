-- Corrects wake_at of a record that this transaction holds.
-- Parameters: wake_at, space, id.
update {records} set wake_at = ? where space = ? and id = ?
