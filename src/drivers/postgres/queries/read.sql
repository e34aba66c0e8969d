-- A record in one state, without touching it.
-- Parameters: 1 space, 2 id, 3 the version that the caller holds or null.
-- Result: the packed head, and the packed attributes unless the caller holds them.
select json_build_array({head of r}) as head, packed.attributes
from {schema}.records as r
left join lateral (
  select {packed} as attributes
  from {schema}.attributes
  where space = $1 and id = $2 and r.version is distinct from $3::text
) as packed on true
where r.space = $1 and r.id = $2
