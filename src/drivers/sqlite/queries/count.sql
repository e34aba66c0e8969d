-- The number of live records. Parameters: space, now. Result: one number.
select (select open_records from spaces where sid = ?1) - (
  select count(*) from records
  where space = ?1 and wake_at <= ?2 and due_at <= ?2 and ending is null and claim_token is null
)
