package service;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the service. Settings are in application.yaml. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Application {
    private static final String COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void main(String[] arguments) {
        var application = new SpringApplication(Application.class);
        application.setDefaultProperties(traces(System.getenv(COLLECTOR)));
        application.run(arguments);
    }

    /** Without a collector nothing is sent: Spring makes no exporter unless it is told an address. */
    static Map<String, Object> traces(String collector) {
        var properties = new HashMap<String, Object>();
        if (collector != null && !collector.isEmpty()) {
            var address = collector.replaceAll("/+$", "") + "/v1/traces";
            properties.put("management.opentelemetry.tracing.export.otlp.endpoint", address);
        }
        return properties;
    }
}
