package service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/** The service from outside, over HTTP. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"service.max-body=1000", "service.drain=0s", "server.address=127.0.0.1"})
class ServiceTests {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private ServiceProperties properties;

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> greet(String body) throws IOException, InterruptedException {
        return send(to("/v1/greetings").header("content-type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private static void isProblem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValueSatisfying(type ->
                assertThat(type).startsWith("application/problem+json"));
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    }

    @Test
    void theIndexNamesTheService() throws Exception {
        assertThat(send(to("/")).body()).contains(properties.name());
    }

    @Test
    void healthAndReadiness(@Autowired ApplicationContext context) throws Exception {
        assertThat(send(to("/healthz")).statusCode()).isEqualTo(200);
        assertThat(send(to("/readyz")).statusCode()).isEqualTo(200);
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        try {
            assertThat(send(to("/readyz")).statusCode()).isEqualTo(503);
            assertThat(send(to("/healthz")).statusCode()).isEqualTo(200);
        } finally {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    @Test
    void aGreetingAnswersByName() throws Exception {
        var answer = greet("{\"name\": \" Ada \"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"message\":\"Hello, Ada!\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\": \"  \"}", "{\"nam\": \"Ada\"}"})
    void badInputIsRefusedWithTheWayToMendIt(String body) throws Exception {
        var answer = greet(body);
        isProblem(answer, 422);
        assertThat(answer.body()).contains("name: ");
    }

    @Test
    void whatIsNoJsonAndWhatIsTooLarge() throws Exception {
        isProblem(greet("{"), 400);
        isProblem(greet("{\"name\": \"%s\"}".formatted("x".repeat(2000))), 413);
    }

    @Test
    void anUnknownAddressIsAProblemToo() throws Exception {
        isProblem(send(to("/nothing")), 404);
    }

    @Test
    void aHarmlessRequestIdIsKeptAndAnyOtherReplaced() throws Exception {
        assertThat(id("abc-1.2_3")).isEqualTo("abc-1.2_3");
        assertThat(id("a b")).isNotEqualTo("a b").isNotEmpty();
    }

    private String id(String sent) throws IOException, InterruptedException {
        return send(to("/").header("x-request-id", sent)).headers().firstValue("x-request-id").orElse("");
    }

    @Test
    void metricsCountByRouteAndNeverByPath() throws Exception {
        greet("{\"name\": \"Ada\"}");
        send(to("/no/such/path"));
        var text = send(to("/metrics")).body();
        assertThat(text).contains("http_server_requests_seconds_count").contains("uri=\"/v1/greetings\"");
        assertThat(text).doesNotContain("/no/such/path");
    }
}
