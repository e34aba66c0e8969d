-- A record before an update, in one state.
-- Parameters: 1 space, 2 id, 3 whether the names of the attributes are needed.
-- Result: the packed head, wake_at and the names.
select json_build_array({head of r}) as head, wake_at,
       case when $3 then (select json_agg(encode(name, 'hex')) from {schema}.attributes where space = $1 and id = $2) end as names
from {schema}.records as r
where space = $1 and id = $2
