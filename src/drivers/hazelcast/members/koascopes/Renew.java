package koascopes;

/** Extends the lease of a claim. Returns whether the token still holds it. */
final class Renew extends Lease {

    @Override
    protected Object run(Slot slot, Row row) {
        if (row == null || !row.isHeldBy(token)) return false;
        row.due = until;
        slot.keep(row);
        return true;
    }
}
