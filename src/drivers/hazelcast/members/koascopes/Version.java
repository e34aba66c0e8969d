package koascopes;

import java.util.concurrent.Callable;

/** The version of the jar of the member that runs it. */
final class Version implements Callable<Integer>, Sent {

    @Override
    public Integer call() {
        return Operations.VERSION;
    }
}
