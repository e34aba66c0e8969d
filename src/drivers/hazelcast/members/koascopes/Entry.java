package koascopes;

/**
 * A record as its map stores it, in Hazelcast's Compact format under the name of this class. `entry.ts` writes the same bytes,
 * so the components have the order of its fields: a node without this jar compares whole entries.
 */
public record Entry(
        String stamp,
        String version,
        String seal,
        String replaced,
        String principal,
        String description,
        String ending,
        String claimToken,
        String lockToken,
        double createdAt,
        double touchedAt,
        double hits,
        double attempt,
        Double due,
        Double idleMs,
        Double endsAt,
        Double expiresAt,
        Double principalSince,
        Double lockedUntil,
        String[] names,
        int[] sizes,
        byte[] bytes) {
}
