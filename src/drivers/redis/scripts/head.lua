-- Reads the head of a record that is not claimed, with or without attributes.
--
-- KEYS 1 record
--
-- Reply nil | the head, packed

local head = headOf(KEYS[1])
return head and not head.token and packed(head)
