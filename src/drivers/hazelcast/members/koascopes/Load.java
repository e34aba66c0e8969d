package koascopes;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;

/** Returns a live record, or only what has changed of its head if the node holds this version, and touches it. */
final class Load extends Operation {

    /** Null: not compared. */
    private String seal;

    /** The version that the node holds; null: none. */
    private String held;

    /** Null: only a look. */
    private Touch touch;

    /** With a touch: an idle time of exactly `from` becomes `to`. */
    private Double from;
    private Double to;

    @Override
    protected Object run(Slot slot, Row row) {
        if (row == null || !row.isLive(now)) return new Object[] {"missing"};
        if (seal != null && !seal.equals(row.seal)) return new Object[] {"refused", row.replaced};
        double previouslyTouchedAt = row.touchedAt;
        Entry entry = row.entry();
        if (touch != null && !row.isWrittenBy(stamp)) {
            if (from != null && from.equals(row.idleMs)) row.idleMs = to;
            row.touch(touch);
            row.due = row.expiresAt;
            entry = slot.keep(row);
        }
        if (!row.version.equals(held)) return new Object[] {"loaded", previouslyTouchedAt, entry};
        return new Object[] {"unchanged", previouslyTouchedAt, row.touchedAt, row.expiresAt, row.hits};
    }

    @Override
    public void writeData(ObjectDataOutput output) throws IOException {
        super.writeData(output);
        output.writeString(seal);
        output.writeString(held);
        Touch.write(output, touch);
        output.writeBoolean(from != null);
        if (from == null) return;
        output.writeDouble(from);
        Change.write(output, new Change<>(to), ObjectDataOutput::writeDouble);
    }

    @Override
    public void readData(ObjectDataInput input) throws IOException {
        super.readData(input);
        seal = input.readString();
        held = input.readString();
        touch = Touch.read(input);
        if (!input.readBoolean()) return;
        from = input.readDouble();
        to = Change.read(input, ObjectDataInput::readDouble).to();
    }
}
