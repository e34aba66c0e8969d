package koascopes;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;

/** Changes a record that is live or vacant, unless a condition of the change is not met. */
final class Update extends Operation {

    private String version;

    /** The conditions; null: not asked for. */
    private String lockToken;
    private String ifVersion;
    private String sealFrom;

    private String sealTo;
    private String replaced;
    private Touch touch;
    private Change<Double> idleMs;
    private Change<Double> endsAt;
    private Change<String> principal;
    private Change<String> description;

    /** The reason for which the record ends; null: it goes on. */
    private String ending;

    private boolean dropIfEmpty;

    /** The attributes to keep of all; null: all. */
    private String[] kept;

    /** Null: none. */
    private String[] unset;
    private Attributes set;

    @Override
    protected Object run(Slot slot, Row row) {
        if (row != null && row.isWrittenBy(stamp)) return saved(row.version, Row.VACANT.equals(row.ending));
        if (row == null || !row.isOpen(now)) return new Object[] {"missing"};
        if (lockToken != null && !lockToken.equals(row.lockHolder(now))) return new Object[] {"unlocked"};
        if (ifVersion != null && !ifVersion.equals(row.version)) return new Object[] {"conflict", row.version};
        if (sealFrom != null && !sealFrom.equals(row.seal)) return new Object[] {"resealed"};

        String previous = row.version;
        boolean mayGo = (dropIfEmpty || Row.VACANT.equals(row.ending)) && set.isEmpty();
        change(row);
        boolean isDropped = mayGo && row.principal == null && row.ending == null && row.attributes.isEmpty();
        if (isDropped) row.ending = Row.VACANT;
        row.due = row.dueAfter(now);
        slot.keep(row);
        return saved(previous, isDropped);
    }

    private void change(Row row) {
        row.version = version;
        row.ending = ending;
        row.attributes = row.attributes.changed(kept, unset, set);
        if (idleMs != null) row.idleMs = idleMs.to();
        if (endsAt != null) row.endsAt = endsAt.to();
        if (touch != null) row.touch(touch);
        row.expire();
        if (sealFrom != null) {
            row.seal = sealTo;
            row.replaced = replaced;
        }
        if (principal != null) {
            row.principal = principal.to();
            row.principalSince = principal.to() == null ? null : now;
        }
        if (description != null) row.description = description.to();
    }

    private static Object[] saved(String previous, boolean isDropped) {
        return new Object[] {"saved", previous, isDropped};
    }

    @Override
    public void writeData(ObjectDataOutput output) throws IOException {
        super.writeData(output);
        output.writeString(version);
        output.writeString(lockToken);
        output.writeString(ifVersion);
        output.writeString(sealFrom);
        output.writeString(sealTo);
        output.writeString(replaced);
        Touch.write(output, touch);
        Change.write(output, idleMs, ObjectDataOutput::writeDouble);
        Change.write(output, endsAt, ObjectDataOutput::writeDouble);
        Change.write(output, principal, ObjectDataOutput::writeString);
        Change.write(output, description, ObjectDataOutput::writeString);
        output.writeString(ending);
        output.writeBoolean(dropIfEmpty);
        output.writeStringArray(kept);
        output.writeStringArray(unset);
        set.write(output);
    }

    @Override
    public void readData(ObjectDataInput input) throws IOException {
        super.readData(input);
        version = input.readString();
        lockToken = input.readString();
        ifVersion = input.readString();
        sealFrom = input.readString();
        sealTo = input.readString();
        replaced = input.readString();
        touch = Touch.read(input);
        idleMs = Change.read(input, ObjectDataInput::readDouble);
        endsAt = Change.read(input, ObjectDataInput::readDouble);
        principal = Change.read(input, ObjectDataInput::readString);
        description = Change.read(input, ObjectDataInput::readString);
        ending = input.readString();
        dropIfEmpty = input.readBoolean();
        kept = input.readStringArray();
        unset = input.readStringArray();
        set = Attributes.read(input);
    }
}
