-- Adds a record that does not exist. Parameters: the columns in this order.
insert into records (space, wake_at, id, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced,
  principal, principal_since, description, ending, attempt)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
