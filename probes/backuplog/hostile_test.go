package backuplog

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"siteward/appliance"
)

const (
	mailHead = "From: backup@praxis.example\nTo: siteward@praxis.example\nDate: Fri, 27 Nov 2026 02:00:00 +0100\nMIME-Version: 1.0\nSubject: backup\n"
	goodBorg = "Creating archive at \"/b::a-2026-11-22\"\nterminating with success status, rc 0\n"
	badBorg  = "Creating archive at \"/b::a-2026-11-22\"\nRepository /b does not exist.\nterminating with error status, rc 2\n"
)

// zeroBomb is a gzip file of a few kB that unpacks to size bytes.
func zeroBomb(t testing.TB, size int64) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.CopyN(z, zeroReader{}, size)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func attachment(name string, content []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "--B\nContent-Type: application/octet-stream; name=%q\nContent-Disposition: attachment; filename=%q\nContent-Transfer-Encoding: base64\n\n", name, name)
	for s := base64.StdEncoding.EncodeToString(content); s != ""; s = s[min(76, len(s)):] {
		b.WriteString(s[:min(76, len(s))] + "\n")
	}
	return b.String()
}

func zipped(t testing.TB, name string, content []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestMailBombs are mails that unpack to more than they are: each is read within bounds, and what it says of a failure is heard.
func TestMailBombs(t *testing.T) {
	set := shipped(t)
	set.automaton()
	mixed := mailHead + "Content-Type: multipart/mixed; boundary=B\n\n"
	plain := "--B\nContent-Type: text/plain\n\n"
	packed := zeroBomb(t, 60<<10)
	deep := func(kind string, n int) string {
		var b strings.Builder
		b.WriteString(mailHead)
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: %s; boundary=b%d\n\n--b%d\n", kind, i, i)
		}
		return b.String() + "Content-Type: text/plain\n\n" + badBorg
	}
	rfc := mailHead
	for range 300 {
		rfc += "Content-Type: message/rfc822\n\n" + mailHead
	}
	for name, mail := range map[string]struct {
		text string
		want appliance.RunStatus // "" = anything but a success
	}{
		"hundred parts that are packed": {mixed + plain + badBorg + strings.Repeat(attachment("log.gz", packed), 100) + "--B--\n", appliance.RunFailed},
		"parts without end":             {mixed + plain + badBorg + strings.Repeat(plain+"x\n", 50_000) + "--B--\n", appliance.RunFailed},
		"nested a thousand times":       {deep("multipart/mixed", 1000), ""},
		"alternatives of alternatives":  {deep("multipart/alternative", 1000), ""},
		"mails in mails":                {rfc + "Content-Type: text/plain\n\n" + goodBorg, ""},
		"a header without end":          {mailHead + strings.Repeat("X-Filler: "+strings.Repeat("x", 900)+"\n", 5000) + "\n" + goodBorg, ""},
		"a boundary that never comes":   {mixed + strings.Repeat("x\n", 1<<20), ""},
		"a zip file":                    {mixed + plain + badBorg + attachment("log.zip", zipped(t, "log.txt", bytes.Repeat([]byte(goodBorg), 100_000))) + "--B--\n", appliance.RunFailed},
		"base64 that is none":           {mixed + plain + badBorg + "--B\nContent-Type: text/plain; name=log.txt\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("!!!! not base64 !!!!\n", 1000) + "--B--\n", appliance.RunFailed},
		"a page of open tags":           {mailHead + "Content-Type: text/html\n\n" + strings.Repeat("<table><tr><td>", 200_000) + "terminating with error status, rc 2", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := &watched{r: strings.NewReader(mail.text)}
			before := in.heap()
			res, err := Read(context.Background(), in, Options{Formats: set, Location: berlin, Now: readAt})
			if err != nil {
				t.Fatal(err)
			}
			if grown := in.most - before; in.most > before && grown > 24<<20 {
				t.Errorf("%d MB of memory", grown>>20)
			}
			switch {
			case mail.want == "":
			case len(res.Runs) != 1 || res.Runs[0].Status != mail.want:
				t.Errorf("read as %+v", res.Runs)
			}
		})
	}
}

// watched looks now and then how much memory is held while something is read.
type watched struct {
	r    io.Reader
	n    int
	most uint64
}

func (w *watched) heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Read is io.Reader's.
func (w *watched) Read(p []byte) (int, error) {
	if w.n++; w.n%200 == 0 {
		w.most = max(w.most, w.heap())
	}
	return w.r.Read(p)
}

// TestAllAttachmentsShareOneRoom counts what is unpacked of many bombs.
func TestAllAttachmentsShareOneRoom(t *testing.T) {
	p := &mailReader{ctx: context.Background(), o: Options{Formats: shipped(t), Final: true}, room: 4 << 20}
	bomb := zeroBomb(t, 3<<20)
	for range 50 {
		p.attached(bytes.NewReader(bomb))
	}
	if p.room != 0 || len(p.results) != 2 {
		t.Errorf("%d bytes are left, %d bombs were opened", p.room, len(p.results))
	}
}

// TestALineOfAHundredMegabytes stands in the middle of a log: it is passed over, and what follows is read.
func TestALineOfAHundredMegabytes(t *testing.T) {
	set := shipped(t)
	set.automaton()
	size := int64(100 << 20)
	in := &watched{r: io.MultiReader(strings.NewReader("Creating archive at \"/b::a-2026-11-22\"\n"), io.LimitReader(xReader{}, size), strings.NewReader("\nterminating with success status, rc 0\n"))}
	before := in.heap()
	res, err := Read(context.Background(), in, Options{Formats: set, Now: readAt, Final: true})
	if err != nil || len(res.Runs) != 1 || res.Runs[0].Status != appliance.RunSuccess || res.Resume < size {
		t.Fatalf("%+v, %v", res, err)
	}
	if in.most > before+8<<20 {
		t.Errorf("%d MB of memory", (in.most-before)>>20)
	}
	// one that has not ended yet is not read again and again
	size = 4 << 20
	res, err = Read(context.Background(), io.LimitReader(xReader{}, size), Options{Formats: set, Now: readAt})
	if err != nil || res.Resume < size-windowSize {
		t.Errorf("the next reading begins at %d of %d, %v", res.Resume, size, err)
	}
}

type xReader struct{}

var manyX = bytes.Repeat([]byte("x"), 64<<10)

func (xReader) Read(p []byte) (int, error) { return copy(p, manyX), nil }

// TestWrongEncodings are texts in another encoding than they say, and with bytes that are none: verdicts are read all the same.
func TestWrongEncodings(t *testing.T) {
	set := shipped(t)
	subject := strings.Replace(mailHead, "Subject: backup", "Subject: =?utf-8?q?Sicherung_=FCber_Nacht?=", 1)
	for name, text := range map[string]string{
		"a mail that says UTF-8 and is Latin-1":  mailHead + "Content-Type: text/plain; charset=utf-8\n\nSicherung \xfcber Nacht: \xc4nderungen\n" + badBorg,
		"a mail that says ASCII and is UTF-8":    mailHead + "Content-Type: text/plain; charset=us-ascii\n\nSicherung über Nacht\n" + badBorg,
		"a mail of an encoding that nobody has":  mailHead + "Content-Type: text/plain; charset=x-nobody-8\n\n" + badBorg,
		"a mail that says UTF-16 and is not":     mailHead + "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain; charset=utf-16\n\nxx\n--B\nContent-Type: text/plain\n\n" + badBorg + "--B--\n",
		"a subject that says UTF-8 and is not":   subject + "Content-Type: text/plain\n\n" + badBorg,
		"a log with NUL bytes after a power cut": "Creating archive at \"/b::a-2026-11-21\"\nterminating with succ" + strings.Repeat("\x00", 5000) + "\n" + badBorg,
		"NUL bytes at its end":                   badBorg + strings.Repeat("\x00", 5000),
		"a mark of UTF-8 in the middle":          "Creating archive at \"/b::a-2026-11-22\"\n\ufeffRepository /b does not exist.\nterminating with error status, rc 2\n",
		"bytes that are no letters":              "\xff\xfd\xfe\x80\n" + badBorg,
		"Latin-1 in a path":                      "Creating archive at \"/b::a-2026-11-22\"\n/srv/B\xfcro: stat: [Errno 13] Permission denied\n/srv/B\xfcro: dir_open: [Errno 13] Permission denied\nRepository /b does not exist.\nterminating with error status, rc 2\n",
	} {
		res, err := Read(context.Background(), strings.NewReader(text), Options{Formats: set, Location: berlin, Now: readAt, Final: true})
		if err != nil || len(res.Runs) == 0 {
			t.Errorf("%s: nothing was read: %+v, %v", name, res, err)
			continue
		}
		for i, r := range res.Runs {
			if last := i == len(res.Runs)-1; last && r.Status != appliance.RunFailed || r.Status == appliance.RunSuccess {
				t.Errorf("%s: %+v", name, res.Runs)
			}
		}
	}
}

// TestPagesWithScripts are mails of HTML in which all that says success is not for people: scripts, styles, remarks.
func TestPagesWithScripts(t *testing.T) {
	set := shipped(t)
	good := "Backup job: Nacht\tSuccess\n1 of 1 VMs processed"
	for name, hidden := range map[string]string{
		"a script":            "<script>document.write('Subject: [Success] Nacht'); /* " + good + " */</script>",
		"a script in capital": "<SCRIPT type=\"text/javascript\">\nSubject: [Success] Nacht\n</SCRIPT >",
		"a style":             "<style>/*\nSubject: [Success] Nacht\n*/</style>",
		"a remark":            "<!-- \nSubject: [Success] Nacht\n -->",
		"a noscript":          "<noscript>\nSubject: [Success] Nacht\n</noscript>",
		"a template":          "<template><div>Backup job: Nacht</div><div>Success</div></template>",
		"an attribute":        "<img alt=\"[Success] Nacht\" onerror=\"alert(1)\" src=\"cid:x\">",
		"a script that stays": "<script>\nSubject: [Success] Nacht\n",
	} {
		page := "<html><body><h1>Backup job: Nacht</h1><table><tr><td>Failed</td></tr></table>" + hidden + "<p>Error: cannot connect</p></body></html>"
		for _, mail := range []string{page, strings.Replace(mailHead, "Subject: backup", "Subject: [Failed] Nacht (1 VMs) 1 error", 1) + "Content-Type: text/html\n\n" + page, mailHead + "Content-Type: text/html\n\n" + page} {
			res, err := Read(context.Background(), strings.NewReader(mail), Options{Formats: set, Location: berlin, Now: readAt, Final: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range res.Runs {
				if r.Status == appliance.RunSuccess || strings.Contains(r.Message, "<") {
					t.Errorf("%s: %+v", name, r)
				}
			}
		}
	}
}

// TestPartsThatDisagree are mails of which one part says success and another failure: the worse one counts.
func TestPartsThatDisagree(t *testing.T) {
	set := shipped(t)
	for _, parts := range [][2]string{{goodBorg, badBorg}, {badBorg, goodBorg}} {
		mail := mailHead + "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\n" + parts[0] + attachment("borg.log", []byte(parts[1])) + "--B--\n"
		res, err := Read(context.Background(), strings.NewReader(mail), Options{Formats: set, Location: berlin, Now: readAt, Final: true})
		if err != nil || len(res.Runs) != 1 || res.Runs[0].Status != appliance.RunFailed {
			t.Errorf("%+v, %v", res.Runs, err)
		}
	}
}
