-- Parameters: space, id.
-- Result: the names of the attributes of a record.
select name from {attributes} where space = ? and id = ?
