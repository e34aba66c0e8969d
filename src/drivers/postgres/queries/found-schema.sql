-- Whether the tables are there.
-- Parameters: 1 the schema.
select to_regclass(quote_ident($1) || '.meta') is not null as has_meta
