-- A page of the records of a principal.
-- Parameters: 1 space, 2 now, 3 the id from which it begins, 4 limit, 5 principal.
-- Result: as of list.
select id, json_build_array({head of r}) as head,
       ending is null and claim_token is null and (due_at is null or due_at > $2::float8) as is_live
from {schema}.records as r
where space = $1 and md5(principal) = md5($5::bytea) and principal = $5::bytea and id >= $3
order by id
limit $4
