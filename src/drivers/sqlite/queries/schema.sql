-- The tables of koa-scopes in SQLite, version 2. The file must be in WAL mode.

-- What the whole file has: schema, the version of these tables.
create table meta (
  key text primary key,
  value text not null
) strict, without rowid;

-- A scope of an application. open_records: the number of records that are neither ended nor claimed.
create table spaces (
  sid integer primary key,
  name text not null unique,
  open_records integer not null default 0
) strict;

-- A session or client, without its attributes. Times are milliseconds since 1970-01-01 UTC. Touches change none of the
-- indexed columns: wake_at, the time at which to check whether the record is due, may be earlier than due_at.
create table records (
  rid integer primary key,
  space integer not null,
  id text not null,
  version text not null,
  created_at real not null,
  touched_at real not null,
  idle_ms real,
  ends_at real,
  due_at real,
  wake_at real,
  hits integer not null,
  seal text not null,
  replaced text,
  principal text,
  principal_since real,
  ending text,
  claim_token text,
  attempt integer not null,
  lock_token text,
  lock_until real,
  description text,
  unique (space, id)
) strict;

create index records_wake on records (space, wake_at) where wake_at is not null;
create index records_principal on records (space, principal, id) where principal is not null;

create table attributes (
  record integer not null,
  name text not null,
  value blob not null,
  primary key (record, name)
) strict, without rowid;

-- The values of object caches. expires_at is null for those that stay.
create table objects (
  space integer not null,
  key text not null,
  value blob not null,
  expires_at real,
  primary key (space, key)
) strict, without rowid;

create index objects_expiry on objects (space, expires_at) where expires_at is not null;

insert into meta (key, value) values ('schema', '2');
