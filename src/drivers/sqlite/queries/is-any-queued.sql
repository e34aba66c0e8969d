-- Whether the time to be checked has come for a record. Parameters: space, now. Result: 1 or 0.
select exists (select 1 from records where space = ? and wake_at <= ?)
