package koascopes;

import com.hazelcast.nio.serialization.HazelcastSerializationException;

/** A record while an operation works on it. Its rules are those of `record.ts` and `steps.ts`, and have their names. */
final class Row {

    static final String VACANT = "vacant";

    /** How long a request that loaded a vacant record before can fill it again. */
    private static final double VACANCY_MS = 60_000;

    String version;
    String seal;
    String replaced;
    String principal;
    String description;
    String ending;
    String claimToken;
    String lockToken;
    double touchedAt;
    double hits;
    double attempt;
    Double due;
    Double idleMs;
    Double endsAt;
    Double expiresAt;
    Double principalSince;
    Double lockedUntil;
    Attributes attributes;

    private final String stamp;
    private final double createdAt;

    private Row(Entry entry) {
        stamp = entry.stamp();
        version = entry.version();
        seal = entry.seal();
        replaced = entry.replaced();
        principal = entry.principal();
        description = entry.description();
        ending = entry.ending();
        claimToken = entry.claimToken();
        lockToken = entry.lockToken();
        createdAt = entry.createdAt();
        touchedAt = entry.touchedAt();
        hits = entry.hits();
        attempt = entry.attempt();
        due = entry.due();
        idleMs = entry.idleMs();
        endsAt = entry.endsAt();
        expiresAt = entry.expiresAt();
        principalSince = entry.principalSince();
        lockedUntil = entry.lockedUntil();
        attributes = new Attributes(entry.names(), entry.sizes(), entry.bytes());
    }

    /** The record in an entry of the map; null if there is none. The message of the refusal tells nothing of the value. */
    static Row of(Object value) {
        if (value == null) return null;
        if (value instanceof Entry entry) return new Row(entry);
        throw new HazelcastSerializationException("the map holds a value that is not a record");
    }

    /** The entry to store. `stamp` belongs to one write only. */
    Entry entry(String stamp) {
        return new Entry(stamp, version, seal, replaced, principal, description, ending, claimToken, lockToken, createdAt, touchedAt, hits,
                attempt, due, idleMs, endsAt, expiresAt, principalSince, lockedUntil,
                attributes.names(), attributes.sizes(), attributes.bytes());
    }

    Entry entry() {
        return entry(stamp);
    }

    /** Whether the write with this stamp was the last one: members carry out a request twice if one of them is lost. */
    boolean isWrittenBy(String stamp) {
        return this.stamp != null && this.stamp.equals(stamp);
    }

    /** Whether the record is neither expired, ended nor claimed. */
    boolean isLive(double now) {
        return claimToken == null && isUnended(now);
    }

    /** Whether updates apply: it is live, or vacant. */
    boolean isOpen(double now) {
        return claimToken == null && (isUnended(now) || VACANT.equals(ending));
    }

    boolean isDue(double now) {
        return due != null && due <= now;
    }

    boolean isHeldBy(String token) {
        return claimToken != null && claimToken.equals(token);
    }

    /** The token that holds the lock at `now`; null: none does. */
    String lockHolder(double now) {
        return lockToken != null && lockedUntil != null && lockedUntil > now ? lockToken : null;
    }

    void touch(Touch touch) {
        touchedAt = Math.max(touchedAt, touch.touchedAt());
        hits += touch.hits();
        expire();
    }

    /** Must be called after each change of the life or of the last access. */
    void expire() {
        if (idleMs == null) expiresAt = endsAt;
        else expiresAt = endsAt == null ? touchedAt + idleMs : Math.min(touchedAt + idleMs, endsAt);
    }

    /** The time from which the record may be claimed, if nothing changes after this change at `now`. */
    Double dueAfter(double now) {
        if (VACANT.equals(ending)) return now + VACANCY_MS;
        if (ending == null) return expiresAt;
        return expiresAt == null ? now : Math.min(now, expiresAt);
    }

    private boolean isUnended(double now) {
        return ending == null && (expiresAt == null || expiresAt > now);
    }
}
