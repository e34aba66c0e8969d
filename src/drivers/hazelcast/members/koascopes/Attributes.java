package koascopes;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Attributes as an entry has them: names, and values one after the other. Never changed in place. */
record Attributes(String[] names, int[] sizes, byte[] bytes) {

    private record Value(byte[] in, int from, int size) {
    }

    Attributes {
        if (names == null || sizes == null || bytes == null || names.length != sizes.length
                || Arrays.stream(sizes).asLongStream().sum() != bytes.length)
            throw new HazelcastSerializationException("the map holds a record whose attributes do not fit together");
    }

    boolean isEmpty() {
        return names.length == 0;
    }

    /** What is left of these after `kept` (null: all) and `unset` (null: none), and then `set`. */
    Attributes changed(String[] kept, String[] unset, Attributes set) {
        if (kept == null && unset == null && set.isEmpty()) return this;
        Map<String, Value> changed = values();
        if (kept != null) changed.keySet().retainAll(Arrays.asList(kept));
        if (unset != null) changed.keySet().removeAll(Arrays.asList(unset));
        changed.putAll(set.values());
        return of(changed);
    }

    void write(ObjectDataOutput output) throws IOException {
        output.writeStringArray(names);
        output.writeIntArray(sizes);
        output.writeByteArray(bytes);
    }

    static Attributes read(ObjectDataInput input) throws IOException {
        return new Attributes(input.readStringArray(), input.readIntArray(), input.readByteArray());
    }

    private Map<String, Value> values() {
        Map<String, Value> values = new LinkedHashMap<>();
        int from = 0;
        for (int n = 0; n < names.length; n++) {
            values.put(names[n], new Value(bytes, from, sizes[n]));
            from += sizes[n];
        }
        return values;
    }

    private static Attributes of(Map<String, Value> values) {
        int[] sizes = values.values().stream().mapToInt(Value::size).toArray();
        byte[] bytes = new byte[Arrays.stream(sizes).sum()];
        int to = 0;
        for (Value value : values.values()) {
            System.arraycopy(value.in(), value.from(), bytes, to, value.size());
            to += value.size();
        }
        return new Attributes(values.keySet().toArray(String[]::new), sizes, bytes);
    }
}
