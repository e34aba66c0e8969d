package koascopes;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;

/** A new value for something that may also be null. In place of a change, null stands for: it stays as it is. */
record Change<T>(T to) {

    private static final byte NONE = 0;
    private static final byte TO_NULL = 1;
    private static final byte TO_VALUE = 2;

    interface Writer<T> {
        void write(ObjectDataOutput output, T value) throws IOException;
    }

    interface Reader<T> {
        T read(ObjectDataInput input) throws IOException;
    }

    static <T> void write(ObjectDataOutput output, Change<T> change, Writer<T> writer) throws IOException {
        output.writeByte(change == null ? NONE : change.to == null ? TO_NULL : TO_VALUE);
        if (change != null && change.to != null) writer.write(output, change.to);
    }

    static <T> Change<T> read(ObjectDataInput input, Reader<T> reader) throws IOException {
        byte kind = input.readByte();
        if (kind == NONE) return null;
        return new Change<>(kind == TO_NULL ? null : reader.read(input));
    }
}
