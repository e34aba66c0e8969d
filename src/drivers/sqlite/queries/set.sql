-- Sets an attribute. Parameters: rid, name, value.
insert into attributes (record, name, value) values (?, ?, ?)
on conflict do update set value = excluded.value
