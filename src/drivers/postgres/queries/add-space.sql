-- Adds a space if there is none of this name. It is on the disk when this is answered, also if other changes need not be: nodes
-- remember its number, which must never stand for another space.
-- Parameters: 1 prefix, 2 name.
insert into {schema}.spaces (prefix, name)
select $1, $2
where set_config('synchronous_commit', 'on', true) = 'on'
on conflict do nothing
