-- Sets an object. Parameters: space, key, value, expires_at.
insert into objects (space, key, value, expires_at) values (?, ?, ?, ?)
on conflict do update set value = excluded.value, expires_at = excluded.expires_at
