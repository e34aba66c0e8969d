package koascopes;

import com.hazelcast.aggregation.Aggregator;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.projection.Projection;
import com.hazelcast.projection.Projections;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;

/** The ids of the first `limit` of some entries by their due times, in that order. Each member looks through its own part. */
final class Due implements Aggregator<Map.Entry<String, Object>, Object>, Sent {

    private static final Comparator<Found> BY_DUE = Comparator.comparingDouble(Found::due);

    /** Reads no more of an entry than this field. */
    private static final Projection<Map.Entry<String, Object>, Double> DUE = Projections.singleAttribute("due");

    private int limit;

    /** The latest first, which makes room for an earlier one. */
    private final PriorityQueue<Found> found = new PriorityQueue<>(BY_DUE.reversed());

    private record Found(double due, String id) {
    }

    @Override
    public void accumulate(Map.Entry<String, Object> entry) {
        Double due = DUE.transform(entry);
        if (due != null) add(due, entry);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void combine(Aggregator other) {
        for (Found each : ((Due) other).found) add(each);
    }

    @Override
    public Object aggregate() {
        return found.stream().sorted(BY_DUE).map(Found::id).toArray(String[]::new);
    }

    private void add(double due, Map.Entry<String, Object> entry) {
        if (found.size() < limit || due < found.peek().due) add(new Found(due, entry.getKey()));
    }

    private void add(Found each) {
        found.add(each);
        if (found.size() > limit) found.remove();
    }

    @Override
    public void writeData(ObjectDataOutput output) throws IOException {
        output.writeInt(limit);
        output.writeInt(found.size());
        for (Found each : found) {
            output.writeDouble(each.due);
            output.writeString(each.id);
        }
    }

    @Override
    public void readData(ObjectDataInput input) throws IOException {
        limit = input.readInt();
        for (int n = input.readInt(); n > 0; n--) found.add(new Found(input.readDouble(), input.readString()));
    }
}
