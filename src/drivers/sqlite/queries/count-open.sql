-- Adds to the number of records of a space that are neither ended nor claimed. Parameters: by how many, sid.
update spaces set open_records = open_records + ? where sid = ?
