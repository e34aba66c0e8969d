-- How many records may be due, at most `limit`, also those that others have locked.
-- Parameters: space, now, limit.
select count(*) as due
from (select 1 from {records} force index (wake) where space = ? and wake_at <= ? limit ?) as first_due
