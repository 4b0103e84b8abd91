package main

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Span is one piece of work in a trace.
type Span struct {
	TraceID    [16]byte
	ID         [8]byte
	Parent     [8]byte
	Sampled    bool
	Name       string
	Start, End time.Time
	Failed     bool
	Attributes map[string]any
}

var traceparent = regexp.MustCompile(`^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$`)

// xray is the header of AWS' own, as load balancers send it: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
var xray = regexp.MustCompile(`^1-([0-9a-f]{8})-([0-9a-f]{24})$`)

// StartSpan begins a span that goes on from the caller's, by W3C's header or else X-Ray's, or a trace of its own.
func StartSpan(header http.Header) *Span {
	span := &Span{Start: time.Now(), Sampled: true, Attributes: map[string]any{}}
	// It never fails: crypto/rand ends the program before it gives anything that is not random.
	_, _ = rand.Read(span.ID[:])
	switch {
	case span.joinW3C(header.Get("traceparent")), span.joinXRay(header.Get("X-Amzn-Trace-Id")):
	default:
		span.TraceID = newTraceID(span.Start)
	}
	return span
}

// newTraceID is random but for its first 32 bits, which are the second it was made in, as AWS X-Ray's own ids have it: every
// version of X-Ray takes them, and other tools see an ordinary trace id.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
func newTraceID(now time.Time) (id [16]byte) {
	_, _ = rand.Read(id[4:])
	// The low 32 bits: X-Ray's format has room for no more.
	binary.BigEndian.PutUint32(id[:4], uint32(now.Unix()))
	return id
}

func (s *Span) joinW3C(header string) bool {
	parts := traceparent.FindStringSubmatch(header)
	if parts == nil {
		return false
	}
	flags, _ := hex.DecodeString(parts[3])
	return s.join(parts[1], parts[2], flags[0]&1 == 1)
}

func (s *Span) joinXRay(header string) bool {
	fields := map[string]string{}
	for field := range strings.SplitSeq(header, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[key] = value
	}
	root := xray.FindStringSubmatch(fields["Root"])
	if root == nil {
		return false
	}
	return s.join(root[1]+root[2], fields["Parent"], fields["Sampled"] != "0")
}

// join takes over a trace id and the caller's span, which may be missing; ids of zeros are none.
func (s *Span) join(trace, parent string, sampled bool) bool {
	id, err := hex.DecodeString(trace)
	if err != nil || strings.Trim(trace, "0") == "" {
		return false
	}
	copy(s.TraceID[:], id)
	if above, err := hex.DecodeString(parent); err == nil && len(above) == len(s.Parent) {
		copy(s.Parent[:], above)
	}
	s.Sampled = sampled
	return true
}
