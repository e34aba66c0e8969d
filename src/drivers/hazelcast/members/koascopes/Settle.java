package koascopes;

/** Deletes a record that the token has claimed. Returns whether it did. */
final class Settle extends Lease {

    @Override
    protected Object run(Slot slot, Row row) {
        if (row == null || !row.isHeldBy(token)) return false;
        slot.remove();
        return true;
    }
}
