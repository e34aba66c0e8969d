-- Deletes the head of a claimed record. Its attributes follow in the same transaction.
-- Parameters: space, id, token.
-- Result: 1 affected row if the token holds the record.
delete from {records} where space = ? and id = ? and claim_token = ?
