-- Parameters: space, id.
-- Result: the attributes of a record.
select name, value from {attributes} where space = ? and id = ?
