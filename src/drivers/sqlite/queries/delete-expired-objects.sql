-- Removes some of the objects that have expired. Parameters: space, now, limit.
delete from objects where (space, key) in (
  select space, key from objects where space = ? and expires_at <= ? order by expires_at limit ?
)
