-- Parameters: prefix, name.
-- Result: the number of a space, or no row.
select id from {spaces} where prefix = ? and name = ?
