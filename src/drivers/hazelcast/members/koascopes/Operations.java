package koascopes;

import com.hazelcast.internal.serialization.DataSerializerHook;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import java.util.List;
import java.util.function.Supplier;

/**
 * What nodes send to members, by numbers that `operations.ts` has too. Members find this class through META-INF/services, as they
 * find those of Hazelcast's own jars, so that nothing has to be configured.
 */
public final class Operations implements DataSerializerHook {

    /** Must grow with each change of an operation, its answer or the entry: nodes use only members of their own version. */
    static final int VERSION = 1;

    /** The letters koa. */
    static final int FACTORY_ID = 0x6b6f61;

    /** The numbers of all operations but these begin here, so that a member of another version refuses them. */
    private static final int FIRST_ID = 1_000 * VERSION;

    private record Kind(int id, Class<?> type, Supplier<Sent> maker) {
    }

    private static final List<Kind> KINDS = List.of(
            new Kind(1, Probe.class, Probe::new),
            new Kind(2, Version.class, Version::new),
            new Kind(FIRST_ID + 1, Load.class, Load::new),
            new Kind(FIRST_ID + 2, Update.class, Update::new),
            new Kind(FIRST_ID + 3, Claim.class, Claim::new),
            new Kind(FIRST_ID + 4, Renew.class, Renew::new),
            new Kind(FIRST_ID + 5, Settle.class, Settle::new),
            new Kind(FIRST_ID + 6, Lock.class, Lock::new),
            new Kind(FIRST_ID + 7, Unlock.class, Unlock::new),
            new Kind(FIRST_ID + 8, Due.class, Due::new));

    static int idOf(Class<?> type) {
        return KINDS.stream().filter(kind -> kind.type == type).findFirst().orElseThrow().id;
    }

    @Override
    public int getFactoryId() {
        return FACTORY_ID;
    }

    /** For an unknown number it makes nothing, which Hazelcast refuses. */
    @Override
    public DataSerializableFactory createFactory() {
        return id -> KINDS.stream().filter(kind -> kind.id == id).findFirst().map(kind -> kind.maker.get()).orElse(null);
    }
}
