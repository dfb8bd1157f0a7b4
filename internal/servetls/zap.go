package servetls

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// errorsTo is a log for certmagic that passes on what goes wrong, and that alone.
func errorsTo(log *slog.Logger) *zap.Logger {
	return zap.New(core{LevelEnabler: zapcore.ErrorLevel, log: log})
}

// core passes entries on to another log.
type core struct {
	zapcore.LevelEnabler
	log    *slog.Logger
	fields []zapcore.Field
}

// With is that of [zapcore.Core].
func (c core) With(fields []zapcore.Field) zapcore.Core {
	c.fields = slices.Concat(c.fields, fields)
	return c
}

// Check is that of [zapcore.Core].
func (c core) Check(e zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(e.Level) {
		return to
	}
	switch e.Message {
	case "challenge failed", "validating authorization": // another way to show whose the name is may be tried at once
		return to
	case "could not get certificate from issuer": // "will retry" follows, with the same error and more
		return to
	case "tls-alpn challenge": // which strangers begin at will, as they do other handshakes that fail
		return to
	}
	return to.AddCore(e, c)
}

// Write is that of [zapcore.Core].
func (c core) Write(e zapcore.Entry, fields []zapcore.Field) error {
	all := zapcore.NewMapObjectEncoder()
	for _, f := range slices.Concat(c.fields, fields) {
		if err, ok := f.Interface.(error); ok && errors.Is(err, context.Canceled) {
			return nil // the program ends
		}
		f.AddTo(all)
	}
	args := []any{"doing", e.LoggerName}
	for _, name := range slices.Sorted(maps.Keys(all.Fields)) {
		args = append(args, slog.Any(name, all.Fields[name]))
	}
	c.log.Log(context.Background(), slog.LevelError, "certificates: "+e.Message, args...)
	return nil
}

// Sync is that of [zapcore.Core].
func (core) Sync() error { return nil }
