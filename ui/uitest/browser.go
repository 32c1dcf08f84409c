// Package uitest shows pages to a real Chromium: pictures, axe-core, what the console complains about. Tests only.
// It owns one browser for a package's tests, in a profile of its own that is gone afterwards; each page is opened as if in a browser
// of its own. The server under test is the caller's.
package uitest

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"siteward/internal/peer"
)

// pageTime is the most one step with a page may take on a busy two-core machine, where two pages are looked at at once.
const pageTime = 60 * time.Second

// Browser is a running Chromium.
type Browser struct {
	ctx   context.Context
	close func()
}

// started is the browser of this package's tests. Starting one takes longer than most of what is looked at with it.
var started struct {
	sync.Mutex
	browser *Browser
}

// Main runs a package's tests and then ends their browser. TestMain of a package that opens one calls it.
func Main(m *testing.M) {
	code := m.Run()
	Close()
	os.Exit(code)
}

// Close ends the browser, if there is one; the next Open starts another.
func Close() {
	started.Lock()
	defer started.Unlock()
	if started.browser != nil {
		started.browser.close()
		started.browser = nil
	}
}

// Need is the path of Chromium. Its headless shell comes first: the same engine without the windows around it, which cost more than the
// pages do. Without one the test is skipped, in CI it fails.
func Need(tb testing.TB) string {
	tb.Helper()
	return peer.Need(tb, "chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")
}

// Open gives a test the browser of its package, which the first one starts, if there is one to Need.
func Open(tb testing.TB) *Browser {
	tb.Helper()
	path := Need(tb)
	started.Lock()
	defer started.Unlock()
	if started.browser == nil {
		b, err := start(path)
		if err != nil {
			tb.Fatalf("start chromium: %v", err)
		}
		started.browser = b
	}
	return started.browser
}

func start(path string) (*Browser, error) {
	profile, err := os.MkdirTemp("", "siteward-chromium-")
	if err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(pageTime),
	)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	b := &Browser{ctx: ctx, close: func() {
		end, cancel := context.WithTimeout(ctx, 5*time.Second)
		_ = chromedp.Cancel(end)
		cancel()
		stop()
		stopAlloc()
		_ = os.RemoveAll(profile)
	}}
	if err := chromedp.Do(ctx); err != nil { // the first context may have no deadline, or the browser ends with it
		b.close()
		return nil, err
	}
	return b, nil
}

// Look is how a page is looked at. The zero value is a desktop by day.
type Look struct {
	Width   int64 // 1280 when zero
	Dark    bool  // the system's colour scheme
	Print   bool  // the print stylesheet
	Forced  bool  // forced colours, as Windows high contrast
	Cookies map[string]string
	NoJS    bool // as somebody without script sees it
}

// shape is a look without its colours.
type shape struct {
	width         int64
	print, forced bool
}

func (l Look) shape() shape { return shape{l.Width, l.Print, l.Forced} }

// Page is an open tab.
type Page struct {
	ctx      context.Context
	tb       testing.TB
	look     Look
	examined map[shape]bool // by axe with all rules, since something was done with the page: was it by night
	mu       sync.Mutex
	console  []string
}

// Goto opens an address in a new tab and waits until it is loaded. The tab closes with the test.
func (b *Browser) Goto(tb testing.TB, url string, look Look) *Page {
	tb.Helper()
	if look.Width == 0 {
		look.Width = 1280
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	p := &Page{ctx: ctx, tb: tb, look: look, examined: map[shape]bool{}}
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("open tab: %v", err)
	}
	go p.listen()
	p.Do(emulate(look, url), chromedp.Navigate(url))
	if !look.NoJS {
		p.Until(`document.readyState === "complete"`) // what is pressed before the page listens is lost
	}
	return p
}

// See looks at the same tab in another way, without loading it again.
func (p *Page) See(look Look) {
	p.tb.Helper()
	if look.Width == 0 {
		look.Width = 1280
	}
	p.look = look
	p.do(emulate(look, ""))
}

func (p *Page) listen() {
	for m, err := range chromedp.Console(p.ctx) {
		if err != nil {
			return
		}
		if strings.Contains(m.String(), "responded with a status of 422") {
			continue // how a form says that something is missing: the browser notes that, and nothing is wrong with the page
		}
		if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleWarning {
			p.mu.Lock()
			p.console = append(p.console, m.String())
			p.mu.Unlock()
		}
	}
}

// Console is what the browser complained about: script errors, blocked content, missing files.
func (p *Page) Console() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.console...)
}

func emulate(look Look, url string) chromedp.Action[chromedp.Void] {
	scheme, media, forced := "light", "", "none"
	if look.Dark {
		scheme = "dark"
	}
	if look.Print {
		media = "print"
	}
	if look.Forced {
		forced = "active"
	}
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "forced-colors", Value: forced},
		}})
		if err != nil {
			return err
		}
		// Tests share a browser, in which only one tab has the focus: without this a key pressed in another one is lost.
		if _, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
			return err
		}
		if look.NoJS {
			if _, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
				return err
			}
		}
		for name, value := range look.Cookies {
			if _, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: url}); err != nil {
				return err
			}
		}
		height := int64(900)
		if look.Width < 640 {
			height = 844
		}
		_, err = chromedp.EmulateViewport(look.Width, height)(ctx, t)
		return err
	})
}

// Do runs steps on the page and fails the test when one does not work within a minute.
func (p *Page) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.tb.Helper()
	clear(p.examined)
	p.do(steps...)
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pageTime)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.tb.Fatalf("browser: %v", err)
	}
}

// Eval is the value of a JavaScript expression, which may be a promise. The page's policy does not bind it.
func Eval[T any](p *Page, js string) T {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pageTime)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		p.tb.Fatalf("evaluate %.60s: %v", js, err)
	}
	return v
}

// Until waits until a JavaScript expression is true, for at most a minute.
func (p *Page) Until(js string) {
	p.tb.Helper()
	peer.Until(p.tb, pageTime, js, func() bool { return Eval[bool](p, js) })
}

// Shot writes a picture of the whole page as PNG. On a phone the window is made as tall as the page, so that the bottom bar
// stands where a thumb finds it and not in the middle of the text.
func (p *Page) Shot(file string) {
	p.tb.Helper()
	if p.look.Width < 640 && !p.look.NoJS {
		p.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := chromedp.EmulateViewport(p.look.Width, Eval[int64](p, "document.documentElement.scrollHeight"))(ctx, t)
			return err
		}))
	}
	yes := true
	ctx, cancel := context.WithTimeout(p.ctx, pageTime)
	defer cancel()
	png, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &yes, FromSurface: &yes})
		return r.Data, err
	})
	if err != nil {
		p.tb.Fatalf("take picture: %v", err)
	}
	if err := os.WriteFile(file, png, 0o600); err != nil {
		p.tb.Fatal(err)
	}
}

// Overflow is by how many pixels the page is wider than the window; 0 is right.
func (p *Page) Overflow() int {
	p.tb.Helper()
	return Eval[int](p, "Math.max(0, document.documentElement.scrollWidth - innerWidth)")
}
