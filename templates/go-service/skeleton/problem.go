package main

import (
	"encoding/json"
	"net/http"
)

const unexpected = "Something went wrong on our side. The x-request-id header of this answer finds it in the logs."

// problem is what a caller is told when something is wrong: RFC 9457 problem details. The detail is for the caller: say how to
// mend it, reveal nothing internal.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(problemBody(status, detail))
}

func problemBody(status int, detail string) []byte {
	// A map of texts and numbers can always be encoded.
	body, _ := json.Marshal(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
	return body
}

// answer sends a value as JSON.
func answer(w http.ResponseWriter, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}
