-- Sends notices, after the changes that they are about.
-- Parameters: 1 channel, 2 notices.
select pg_notify($1, notice) from unnest($2::text[]) as notice
