package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// spansWaiting is how many spans may wait to be sent; more are lost rather than hold up a request.
	spansWaiting = 2048
	// spansTogether is how many are sent at once.
	spansTogether = 512
	sendEvery     = 5 * time.Second
	sendTimeout   = 10 * time.Second
)

// Tracer sends spans over OTLP/HTTP as JSON, beside the requests. One that is nil sends nothing.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
type Tracer struct {
	address string
	name    string
	client  *http.Client
	spans   chan *Span
	ended   chan struct{}
}

// NewTracer starts to send what it is given, if there is a collector to send it to.
func NewTracer(config Config) *Tracer {
	if config.Collector == "" {
		return nil
	}
	t := &Tracer{
		address: strings.TrimRight(config.Collector, "/") + "/v1/traces",
		name:    config.Name,
		client:  &http.Client{Timeout: sendTimeout},
		spans:   make(chan *Span, spansWaiting),
		ended:   make(chan struct{}),
	}
	go t.run()
	return t
}

// Send takes over a span that has ended.
func (t *Tracer) Send(span *Span) {
	if t == nil || !span.Sampled {
		return
	}
	select {
	case t.spans <- span:
	default:
	}
}

// Stop sends what has not been sent yet. Nothing may be sent afterwards.
func (t *Tracer) Stop() {
	if t != nil {
		close(t.spans)
		<-t.ended
	}
}

func (t *Tracer) run() {
	defer close(t.ended)
	ticker := time.NewTicker(sendEvery)
	defer ticker.Stop()
	var batch []*Span
	for {
		select {
		case span, more := <-t.spans:
			if !more {
				t.post(batch)
				return
			}
			if batch = append(batch, span); len(batch) >= spansTogether {
				t.post(batch)
				batch = nil
			}
		case <-ticker.C:
			t.post(batch)
			batch = nil
		}
	}
}

func (t *Tracer) post(batch []*Span) {
	if len(batch) == 0 {
		return
	}
	if err := t.try(batch); err != nil {
		slog.Warn("traces could not be sent", "error", err.Error(), "spans", len(batch))
	}
}

func (t *Tracer) try(batch []*Span) error {
	spans := make([]any, len(batch))
	for i, span := range batch {
		spans[i] = encode(span)
	}
	type object = map[string]any
	body, err := json.Marshal(object{"resourceSpans": []any{object{
		"resource":   object{"attributes": attributes(object{"service.name": t.name})},
		"scopeSpans": []any{object{"scope": object{"name": "service"}, "spans": spans}},
	}}})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, t.address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := t.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the collector answered %s", response.Status)
	}
	return nil
}

// encode gives a span as OTLP's JSON has it: ids in hexadecimal, times as text.
func encode(span *Span) map[string]any {
	const kindServer, statusError = 2, 2
	encoded := map[string]any{
		"traceId":           hex.EncodeToString(span.TraceID[:]),
		"spanId":            hex.EncodeToString(span.ID[:]),
		"name":              span.Name,
		"kind":              kindServer,
		"startTimeUnixNano": strconv.FormatInt(span.Start.UnixNano(), 10),
		"endTimeUnixNano":   strconv.FormatInt(span.End.UnixNano(), 10),
		"attributes":        attributes(span.Attributes),
	}
	if span.Parent != [8]byte{} {
		encoded["parentSpanId"] = hex.EncodeToString(span.Parent[:])
	}
	if span.Failed {
		encoded["status"] = map[string]any{"code": statusError}
	}
	return encoded
}

func attributes(values map[string]any) []any {
	list := make([]any, 0, len(values))
	for key, value := range values {
		kind := "stringValue"
		if number, isNumber := value.(int); isNumber {
			kind, value = "intValue", strconv.Itoa(number)
		}
		list = append(list, map[string]any{"key": key, "value": map[string]any{kind: value}})
	}
	return list
}
