package koascopes;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.Offloadable;
import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks every member for the version of its jar: a backup on a member without it would fail, and nobody would notice. Returns
 * the address of each member and its version, in turn; version 0: it has none, or did not answer in time.
 */
final class Probe
        implements EntryProcessor<Object, Object, Object>, ReadOnly, Offloadable, HazelcastInstanceAware, Sent {

    private static final long LONGEST_WAIT_MS = 3_000;

    private transient HazelcastInstance hazelcast;

    @Override
    public void setHazelcastInstance(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
    }

    @Override
    public Object process(Map.Entry<Object, Object> entry) {
        List<Object> versions = new ArrayList<>();
        Map<Member, Future<Integer>> answers = hazelcast.getExecutorService("koa-scopes").submitToAllMembers(new Version());
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MS);
        answers.forEach((member, answer) -> {
            versions.add(member.getAddress().getHost() + ":" + member.getAddress().getPort());
            versions.add(versionIn(answer, end));
        });
        return versions.toArray();
    }

    private static int versionIn(Future<Integer> answer, long end) {
        try {
            return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException unknown) {
            return 0;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Override
    public EntryProcessor<Object, Object, Object> getBackupProcessor() {
        return null;
    }

    @Override
    public String getExecutorName() {
        return OFFLOADABLE_EXECUTOR;
    }
}
