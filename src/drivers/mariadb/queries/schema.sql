-- The tables, in version 2 of the schema. Names, ids, keys and principals are bytes: no collation may take two for the same.
-- Times are double, as they are in JavaScript: callers may use parts of a millisecond.
create table if not exists {meta} (
  name varbinary(64) not null primary key,
  value varbinary(255) not null
) engine = InnoDB;

create table if not exists {spaces} (
  id int unsigned not null auto_increment primary key,
  prefix varbinary(64) not null,
  name varbinary(1024) not null,
  unique key name (prefix, name)
) engine = InnoDB row_format = dynamic;

create table if not exists {records} (
  space int unsigned not null,
  id varbinary(1024) not null,
  version varbinary(128) not null,
  was_version varbinary(128),
  created_at double not null,
  touched_at double not null,
  was_touched_at double,
  idle_ms double,
  ends_at double,
  due_at double,
  wake_at double,
  hits bigint not null,
  seal varbinary(128) not null,
  replaced varbinary(128),
  principal varbinary(4096),
  principal_since double,
  ending varbinary(1024),
  claim_token varbinary(128),
  attempt int unsigned not null default 0,
  lock_token varbinary(128),
  lock_until double,
  description varbinary(1024),
  primary key (space, id),
  key wake (space, wake_at),
  key principal (space, principal(255))
) engine = InnoDB row_format = dynamic;

create table if not exists {attributes} (
  space int unsigned not null,
  id varbinary(1024) not null,
  name varbinary(1024) not null,
  value longblob not null,
  primary key (space, id, name)
) engine = InnoDB row_format = dynamic;

create table if not exists {objects} (
  space int unsigned not null,
  name varbinary(1024) not null,
  value longblob not null,
  expires_at double,
  primary key (space, name),
  key expires (space, expires_at)
) engine = InnoDB row_format = dynamic;
