package koascopes;

/** Releases the lock, also after its lease has run out. Returns whether the token held it. */
final class Unlock extends Lease {

    @Override
    protected Object run(Slot slot, Row row) {
        if (row != null && row.isWrittenBy(stamp)) return true;
        if (row == null || row.lockToken == null || !row.lockToken.equals(token)) return false;
        row.lockToken = null;
        row.lockedUntil = null;
        slot.keep(row);
        return true;
    }
}
