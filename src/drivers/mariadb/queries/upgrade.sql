-- Adds to tables of version 1 what version 2 has. Fails with 1060 if it is there.
alter table {records} add column description varbinary(1024)
