-- The head of a record that nobody has claimed, attributes or not.
--
-- KEYS 1 record
--
-- Reply nil | the head, packed

local head = headOf(KEYS[1])
return head and not head.token and packed(head)
