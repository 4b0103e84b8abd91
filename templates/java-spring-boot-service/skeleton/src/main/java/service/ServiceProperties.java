package service;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What this service can be told, beside what Spring itself can.
 *
 * @param name the service's name
 * @param drain how long to go on serving after SIGTERM while /readyz says no, so that load balancers notice
 * @param maxBody bytes; a request with a larger body is answered with 413
 */
@ConfigurationProperties("service")
public record ServiceProperties(String name, Duration drain, long maxBody) {}
