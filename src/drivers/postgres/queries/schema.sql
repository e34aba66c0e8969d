-- The tables, in version 2 of the schema. {schema}: the schema, as a quoted name. Names, ids, keys and principals are bytes:
-- text in PostgreSQL has no NUL. Times are milliseconds since 1970-01-01 UTC.

create schema if not exists {schema};

create table if not exists {schema}.meta (
  name text primary key,
  value text not null
);

create table if not exists {schema}.spaces (
  id serial primary key,
  prefix text not null,
  name bytea not null,
  unique (prefix, name)
);

-- Every touch writes a row of this table, and none of its indexed columns: `wake_at` is never later than `due_at`, and may be
-- earlier. Room in the pages and early vacuums keep such a change in its page.
create table if not exists {schema}.records (
  space integer not null,
  id bytea not null,
  version text not null,
  was_version text,
  created_at float8 not null,
  touched_at float8 not null,
  was_touched_at float8,
  idle_ms float8,
  ends_at float8,
  due_at float8,
  wake_at float8,
  hits float8 not null,
  seal text not null,
  replaced text,
  principal bytea,
  principal_since float8,
  ending bytea,
  claim_token text,
  attempt integer not null default 0,
  lock_token text,
  lock_until float8,
  description bytea,
  primary key (space, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create index if not exists records_wake on {schema}.records (space, wake_at);
create index if not exists records_principal on {schema}.records (space, md5(principal), id) where principal is not null;

create table if not exists {schema}.attributes (
  space integer not null,
  id bytea not null,
  name bytea not null,
  value bytea not null,
  primary key (space, id, name)
);

create table if not exists {schema}.objects (
  space integer not null,
  key bytea not null,
  value bytea not null,
  expires_at float8,
  primary key (space, key)
);

create index if not exists objects_expiry on {schema}.objects (space, expires_at) where expires_at is not null;

insert into {schema}.meta (name, value) values ('schema', '2') on conflict do nothing;
