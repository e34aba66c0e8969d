-- Sets an attribute, if the record has the version of this change. In a transaction that did not change the record, it
-- therefore does nothing: statements behind a failed one are carried out too.
-- Parameters: name, value, space, id, version.
insert into {attributes} (space, id, name, value)
select space, id, cast(? as binary), cast(? as binary) from {records} where space = ? and id = ? and version = ?
on duplicate key update value = values(value)
