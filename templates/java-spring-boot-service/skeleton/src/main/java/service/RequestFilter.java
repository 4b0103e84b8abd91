package service;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Around every request: an id, one log line, and a limit of its body. Traces and metrics are Spring's; this stands within them,
 * so that the line has the trace's id.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class RequestFilter extends OncePerRequestFilter {
    private static final Logger log = LoggerFactory.getLogger(RequestFilter.class);
    private static final String REQUEST_ID = "x-request-id";

    /** A caller's id that is taken over as it is. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** These come every few seconds and would drown the rest of the log. */
    private static final Set<String> PROBES = Set.of("/healthz", "/readyz", "/metrics");

    private final ServiceProperties properties;

    RequestFilter(ServiceProperties properties) {
        this.properties = properties;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var sent = request.getHeader(REQUEST_ID);
        var id = sent != null && HARMLESS.matcher(sent).matches() ? sent : UUID.randomUUID().toString();
        response.setHeader(REQUEST_ID, id);
        var started = System.nanoTime();
        try (var ignored = MDC.putCloseable("request_id", id)) {
            if (mayHaveItsBody(request, response)) {
                chain.doFilter(request, response);
            }
            answered(request, response, System.nanoTime() - started);
        }
    }

    /** A body has to say its length, so that one that is too long is refused before it is read. */
    private boolean mayHaveItsBody(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getContentLengthLong() > properties.maxBody()) {
            return refuse(response, 413, "Send at most %d bytes.".formatted(properties.maxBody()));
        }
        if (request.getContentLengthLong() < 0 && request.getHeader("transfer-encoding") != null) {
            return refuse(response, 411, "Say how long the body is: Content-Length.");
        }
        return true;
    }

    private static boolean refuse(HttpServletResponse response, int status, String detail) throws IOException {
        response.setStatus(status);
        response.setContentType("application/problem+json");
        response.getWriter().printf("{\"status\":%d,\"detail\":\"%s\"}", status, detail);
        return false;
    }

    private static void answered(HttpServletRequest request, HttpServletResponse response, long nanoseconds) {
        var route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        log.atLevel(PROBES.contains(request.getRequestURI()) ? Level.DEBUG : Level.INFO)
                .addKeyValue("http.request.method", request.getMethod())
                .addKeyValue("http.route", route == null ? "unmatched" : route.toString())
                .addKeyValue("url.path", request.getRequestURI())
                .addKeyValue("http.response.status_code", response.getStatus())
                .addKeyValue("duration_ms", nanoseconds / 1_000_000)
                .log("answered");
    }
}
