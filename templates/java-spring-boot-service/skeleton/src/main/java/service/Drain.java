package service;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The first thing that happens in a stop: not ready, and still serving for a while, so that load balancers look away before
 * anything closes. Then the web server finishes what is under way.
 */
@Component
class Drain implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);

    private final ApplicationContext context;
    private final ServiceProperties properties;
    private volatile boolean running;

    Drain(ApplicationContext context, ServiceProperties properties) {
        this.context = context;
        this.properties = properties;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        log.info("stopping: no longer ready, still serving");
        try {
            Thread.sleep(properties.drain());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        running = false;
        log.info("stopping: finishing requests under way");
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** The highest stops first. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
