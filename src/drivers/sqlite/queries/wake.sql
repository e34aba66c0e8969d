-- Changes when a record is to be checked. Parameters: wake_at, rid.
update records set wake_at = ? where rid = ?
