package koascopes;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;

/** An operation of the holder of a claim or lock. */
abstract class Lease extends Operation {

    /** Identifies the holder. */
    protected String token;

    /** The time until which it holds, where it takes or extends it. */
    protected double until;

    @Override
    public void writeData(ObjectDataOutput output) throws IOException {
        super.writeData(output);
        output.writeString(token);
        output.writeDouble(until);
    }

    @Override
    public void readData(ObjectDataInput input) throws IOException {
        super.readData(input);
        token = input.readString();
        until = input.readDouble();
    }
}
