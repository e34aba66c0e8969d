-- A page of records.
-- Parameters: 1 space, 2 now, 3 the id from which it begins, 4 limit.
-- Result: the heads of the live ones, and their ids in order; the last id also of one that is not live.
select {columns}, ending is null and claim_token is null and (due_at is null or due_at > $2::float8) as is_live
from {schema}.records
where space = $1 and id >= $3
order by id
limit $4
