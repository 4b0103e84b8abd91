package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// longestName is what POST /v1/greetings takes, in characters.
const longestName = 100

// routes are the service's own. Your endpoints start here.
func routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", index)
	mux.HandleFunc("POST /v1/greetings", greet)
}

func index(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]string{"service": Name})
}

// greet is an example of an endpoint that checks its input: replace it with your first real one.
func greet(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Name string `json:"name"`
	}
	if !read(w, r, &body) {
		return
	}
	name := strings.TrimSpace(body.Name)
	if name == "" || utf8.RuneCountInString(name) > longestName {
		problem(w, http.StatusUnprocessableEntity, fmt.Sprintf("name: use 1 to %d characters.", longestName))
		return
	}
	answer(w, map[string]string{"message": "Hello, " + name + "!"})
}

// read takes a request's body as JSON, or answers what is wrong with it.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	err := json.NewDecoder(r.Body).Decode(into)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &tooLarge):
		problem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("Send at most %d bytes.", tooLarge.Limit))
	default:
		problem(w, http.StatusBadRequest, "The body is not the JSON that is expected here: "+err.Error()+".")
	}
	return false
}
