package daemon

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/probes/backuplog"
	"siteward/probes/source"
)

const (
	trialRuns  = 20
	trialFiles = 20
	trialLines = 12
	trialBytes = 32 << 20 // of a file that is read to show what is in it
)

// TrySource is App.TrySource.
func (d *Daemon) TrySource(ctx context.Context, _ appliance.Actor, s appliance.Source) (appliance.SourceTrial, error) {
	if err := first(config.ValidateSource(s)); err != nil {
		return appliance.SourceTrial{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	t := appliance.SourceTrial{}
	r := sourceReading{d: d, source: s, now: d.now()}
	var err error
	switch {
	case s.Kind.Comes():
		return t, appliance.Errorf(appliance.CodeInvalid, "a source that comes by itself cannot be asked; send something to it")
	case s.Kind == appliance.SourceCommand:
		err = r.tryCommand(ctx, &t)
	default:
		err = r.tryFiles(ctx, &t)
	}
	if key, ok := errors.AsType[*source.KeyError](err); ok {
		t.HostKey, t.Fingerprint, t.KeyChanged = key.Shown, key.Print, key.Changed
	}
	if err != nil {
		m := sentenceOf(err)
		t.Error = &m
	}
	slices.Reverse(t.Runs)
	t.Runs = t.Runs[:min(len(t.Runs), trialRuns)]
	return t, nil
}

func (r *sourceReading) tryCommand(ctx context.Context, t *appliance.SourceTrial) error {
	out, err := r.d.runCommand(ctx, r.source)
	if err != nil {
		return err
	}
	t.Lines = lastLines(out.Text)
	return r.tryText(ctx, t, r.source.Command.Command, 0, bytes.NewReader(out.Text))
}

// tryFiles lists what would be read and reads the newest file of it.
func (r *sourceReading) tryFiles(ctx context.Context, t *appliance.SourceTrial) error {
	place, err := r.d.openPlace(ctx, r.source)
	if err != nil {
		return err
	}
	defer func() { _ = place.Close() }()
	files, err := place.List(ctx)
	if err != nil {
		return err
	}
	t.Found = len(files)
	slices.Reverse(files)
	for _, f := range files[:min(len(files), trialFiles)] {
		t.Files = append(t.Files, appliance.TrialFile{Name: f.Name, Size: f.Size, Modified: f.Modified})
	}
	i := slices.IndexFunc(files, func(f source.Found) bool { return f.Size > 0 })
	if i < 0 {
		return nil
	}
	content, err := place.Open(ctx, files[i])
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	from := max(0, files[i].Size-trialBytes)
	if !source.Packed(files[i].Name) {
		tail, err := io.ReadAll(io.NewSectionReader(content, max(from, files[i].Size-16<<10), 16<<10))
		if err != nil {
			return err
		}
		t.Lines = lastLines(tail)
	}
	return r.tryText(ctx, t, files[i].Name, from, io.NewSectionReader(content, from, files[i].Size-from))
}

func (r *sourceReading) tryText(ctx context.Context, t *appliance.SourceTrial, name string, from int64, text io.Reader) error {
	o, err := r.options(name)
	if err != nil {
		return err
	}
	o.Offset, o.Limit = from, trialBytes
	result, err := backuplog.Read(ctx, text, o)
	t.Product, t.Runs, t.RunCount, t.EventCount = result.Product, result.Runs, len(result.Runs), len(result.Events)
	return err
}

// lastLines are the last lines of a text, readable whatever its encoding is.
func lastLines(b []byte) []string {
	b = b[max(0, len(b)-16<<10):]
	switch zeros := bytes.Count(b, []byte{0}); {
	case zeros > len(b)/4: // UTF-16
		order := xunicode.LittleEndian
		if len(b) > 1 && b[0] == 0 {
			order = xunicode.BigEndian
		}
		b, _ = xunicode.UTF16(order, xunicode.UseBOM).NewDecoder().Bytes(b)
	case !bytes.Equal(bytes.ToValidUTF8(b[min(len(b), 4):], nil), b[min(len(b), 4):]):
		b, _ = charmap.Windows1252.NewDecoder().Bytes(b)
	}
	text := strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	lines = lines[max(0, len(lines)-trialLines):]
	for i, l := range lines {
		if len(l) > 400 {
			lines[i] = strings.ToValidUTF8(l[:400], "") + "…"
		}
	}
	return lines
}
