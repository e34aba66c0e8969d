import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.IOException;
import java.util.List;

/**
 * The stand-in for MongoDB on the port of its first parameter. By itself it announces a wire version that the client no
 * longer accepts.
 */
public class MongoStandIn {
    private static final class Newer implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }
    }

    public static void main(String[] parameters) throws IOException {
        MongoServer server = new MongoServer(new MemoryBackend().version(new Newer()));
        server.bind("127.0.0.1", Integer.parseInt(parameters[0]));
        System.out.println("ready on " + server.getLocalAddress().getPort());
        // The end of the input is the end of the test that started it, however that ended.
        while (System.in.read() >= 0) {
        }
        System.exit(0);
    }
}
