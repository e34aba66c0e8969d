package koascopes;

/** Takes the lock of a live record, or renews it. Returns what became of it. */
final class Lock extends Lease {

    @Override
    protected Object run(Slot slot, Row row) {
        if (row == null || !row.isLive(now)) return "missing";
        String holder = row.lockHolder(now);
        if (holder != null && !holder.equals(token)) return "held";
        row.lockToken = token;
        row.lockedUntil = until;
        slot.keep(row);
        return "taken";
    }
}
