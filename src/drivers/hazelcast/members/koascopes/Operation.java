package koascopes;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.Map;

/**
 * One call of a node on one record, in one step where the record is. The same operation then runs on the backups, which have
 * the same entry, so nothing in it may depend on the member: times and stamps come from the node.
 */
abstract class Operation implements EntryProcessor<String, Object, Object>, Sent {

    /** The time of the node. */
    protected double now;

    /** Identifies what this operation writes. */
    protected String stamp;

    private boolean hasChanged;

    /** The answer, which a node must be able to read: null, text, numbers, entries, and arrays of them. `row` is null if there is none. */
    protected abstract Object run(Slot slot, Row row);

    @Override
    public final Object process(Map.Entry<String, Object> entry) {
        return run(new Slot(entry), Row.of(entry.getValue()));
    }

    /** Backups of what has not changed would only cost a message. Members ask after `process`. */
    @Override
    public final EntryProcessor<String, Object, Object> getBackupProcessor() {
        return hasChanged ? this : null;
    }

    /** The place of the record in the map. */
    protected final class Slot {

        private final Map.Entry<String, Object> entry;

        private Slot(Map.Entry<String, Object> entry) {
            this.entry = entry;
        }

        /** Stores the record as it is now, and returns it as stored. */
        Entry keep(Row row) {
            Entry kept = row.entry(stamp);
            entry.setValue(kept);
            hasChanged = true;
            return kept;
        }

        void remove() {
            entry.setValue(null);
            hasChanged = true;
        }
    }

    @Override
    public void writeData(ObjectDataOutput output) throws IOException {
        output.writeDouble(now);
        output.writeString(stamp);
    }

    @Override
    public void readData(ObjectDataInput input) throws IOException {
        now = input.readDouble();
        stamp = input.readString();
    }
}
