package service;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /healthz}: the process works; restart it if this fails. {@code /readyz}: send requests here; stop if this fails.
 *
 * <p>Neither calls anything else. A readiness check that asks a database takes every replica out at once when the database has
 * a bad minute; answer 503 on the requests that need it instead.
 */
@RestController
class HealthController {
    private final ApplicationAvailability availability;

    HealthController(ApplicationAvailability availability) {
        this.availability = availability;
    }

    @GetMapping(path = "/healthz", produces = MediaType.TEXT_PLAIN_VALUE)
    ResponseEntity<String> healthz() {
        return say(availability.getLivenessState() == LivenessState.CORRECT, "ok\n", "broken\n");
    }

    @GetMapping(path = "/readyz", produces = MediaType.TEXT_PLAIN_VALUE)
    ResponseEntity<String> readyz() {
        return say(availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC, "ready\n", "not ready\n");
    }

    private static ResponseEntity<String> say(boolean good, String yes, String no) {
        return good ? ResponseEntity.ok(yes) : ResponseEntity.status(503).body(no);
    }
}
