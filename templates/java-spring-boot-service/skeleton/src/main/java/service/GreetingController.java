package service;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The service's own endpoints. Yours start here. */
@RestController
class GreetingController {
    private final ServiceProperties properties;

    GreetingController(ServiceProperties properties) {
        this.properties = properties;
    }

    @GetMapping("/")
    Map<String, String> index() {
        return Map.of("service", properties.name());
    }

    record Greet(@NotBlank @Size(max = 100) String name) {}

    record Greeting(String message) {}

    /** An example of an endpoint that checks its input: replace it with your first real one. */
    @PostMapping("/v1/greetings")
    Greeting greet(@Valid @RequestBody Greet body) {
        return new Greeting("Hello, %s!".formatted(body.name().strip()));
    }
}
