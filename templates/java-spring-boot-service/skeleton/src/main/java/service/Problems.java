package service;

import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** What a caller is told when something is wrong: RFC 9457 problem details. What is Spring's own, Spring words. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final int UNPROCESSABLE = 422;

    /** Input that breaks a rule: says which field, and the rule. */
    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException error, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var detail = error.getBindingResult().getFieldErrors().stream()
                .map(field -> field.getField() + ": " + field.getDefaultMessage())
                .collect(Collectors.joining("; "));
        var problem = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(UNPROCESSABLE), detail);
        return handleExceptionInternal(error, problem, headers, HttpStatusCode.valueOf(UNPROCESSABLE), request);
    }

    /** Anything else costs the one request it happened in, and tells the caller nothing internal. */
    @ExceptionHandler(Exception.class)
    ProblemDetail unexpected(Exception error) {
        log.error("failed", error);
        return ProblemDetail.forStatusAndDetail(
                HttpStatusCode.valueOf(500),
                "Something went wrong on our side. The x-request-id header of this answer finds it in the logs.");
    }
}
