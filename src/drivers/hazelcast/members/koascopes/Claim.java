package koascopes;

/** Claims a due record. Returns the attempt and the record; null if it is not due. */
final class Claim extends Lease {

    @Override
    protected Object run(Slot slot, Row row) {
        if (row != null && row.isWrittenBy(stamp)) return new Object[] {row.attempt, row.entry()};
        if (row == null || !row.isDue(now)) return null;
        row.attempt = row.claimToken == null ? 1 : row.attempt + 1;
        row.claimToken = token;
        row.due = until;
        return new Object[] {row.attempt, slot.keep(row)};
    }
}
