-- Makes tables of version 2 of those of version 1.
alter table records add column description text;
update meta set value = '2' where key = 'schema';
