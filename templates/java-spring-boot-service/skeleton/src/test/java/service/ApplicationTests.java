package service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ApplicationTests {
    @Test
    void tracesAreSentOnlyWhereThereIsACollector() {
        assertThat(Application.traces(null)).isEmpty();
        assertThat(Application.traces("")).isEmpty();
        assertThat(Application.traces("http://localhost:4318/"))
                .isEqualTo(Map.of(
                        "management.opentelemetry.tracing.export.otlp.endpoint", "http://localhost:4318/v1/traces"));
    }
}
