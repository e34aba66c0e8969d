package koascopes;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;

/** An access to a record. */
record Touch(double touchedAt, double hits) {

    static void write(ObjectDataOutput output, Touch touch) throws IOException {
        output.writeBoolean(touch != null);
        if (touch == null) return;
        output.writeDouble(touch.touchedAt);
        output.writeDouble(touch.hits);
    }

    static Touch read(ObjectDataInput input) throws IOException {
        return input.readBoolean() ? new Touch(input.readDouble(), input.readDouble()) : null;
    }
}
