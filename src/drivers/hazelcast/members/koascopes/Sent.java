package koascopes;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;

/** What nodes send to members, and members to each other. */
interface Sent extends IdentifiedDataSerializable {

    @Override
    default int getFactoryId() {
        return Operations.FACTORY_ID;
    }

    @Override
    default int getClassId() {
        return Operations.idOf(getClass());
    }

    @Override
    default void writeData(ObjectDataOutput output) throws IOException {
    }

    @Override
    default void readData(ObjectDataInput input) throws IOException {
    }
}
