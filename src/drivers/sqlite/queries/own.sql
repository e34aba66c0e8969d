-- Changes whose record it is. Parameters: principal, rid.
update records set principal = ? where rid = ?
