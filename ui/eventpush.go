package ui

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// pushEvents takes messages of an agent: Fluent Bit, NXLog, Vector, Logstash or a script send them as JSON, packed by gzip when they like.
func (s *Server) pushEvents(c echo.Context) error {
	body, err := unpacked(c.Response(), c.Request(), appliance.MaxEventPush)
	if err != nil {
		return err
	}
	n, err := s.App.PushEvents(c.Request().Context(), c.Param("token"), appliance.EventPush{Body: body, From: access.Who(c.Request().Context()).Address})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, map[string]int{"received": n})
}

// unpacked reads a body, of which no more is unpacked than one byte beyond the limit: who takes it refuses it then.
func unpacked(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	var in io.Reader = http.MaxBytesReader(w, r.Body, limit+1)
	switch r.Header.Get(echo.HeaderContentEncoding) {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, appliance.Errorf(appliance.CodeInvalid, "the body is not what Content-Encoding says")
		}
		defer func() { _ = z.Close() }()
		in = z
	default:
		return nil, appliance.Errorf(appliance.CodeInvalid, "the body may be packed by gzip or not at all")
	}
	b, err := io.ReadAll(io.LimitReader(in, limit+1))
	if _, large := errors.AsType[*http.MaxBytesError](err); large || int64(len(b)) > limit {
		return nil, appliance.Errorf(appliance.CodeTooLarge, "the body is larger than %d MB; let the agent send smaller batches", limit>>20)
	}
	if err != nil {
		return nil, appliance.Errorf(appliance.CodeInvalid, "the body did not come to its end")
	}
	return b, nil
}

// eventExamples are what agents are set up with. The names of programs and of their settings are no words of ours.
func eventExamples(l *Lang, address string) []view.SourceExample {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	tls, port := "Off", cmp.Or(u.Port(), "80")
	if u.Scheme == "https" {
		tls, port = "On", cmp.Or(u.Port(), "443")
	}
	return []view.SourceExample{
		{Label: "Fluent Bit", Text: "[INPUT]\n    Name     winevtlog\n    Channels Security,System,Application\n    DB       C:\\fluent-bit\\siteward.sqlite\n[OUTPUT]\n    Name     http\n    Match    *\n    Host     " +
			u.Hostname() + "\n    Port     " + port + "\n    URI      " + u.Path + "\n    Format   json_lines\n    compress gzip\n    tls      " + tls},
		{Label: "NXLog", Text: "<Extension json>\n    Module  xm_json\n</Extension>\n<Input events>\n    Module  im_msvistalog\n</Input>\n<Output siteward>\n    Module  om_http\n    URL     " + address +
			"\n    Exec    to_json();\n</Output>\n<Route siteward>\n    Path    events => siteward\n</Route>"},
		{Label: "PowerShell", Text: "Get-WinEvent -MaxEvents 200 -FilterHashtable @{LogName='System'; Level=1,2,3; StartTime=(Get-Date).AddHours(-1)} |\n  Select-Object Id,ProviderName,MachineName,Level,TimeCreated,LogName,Message |\n  ConvertTo-Json -Compress | ForEach-Object { Invoke-RestMethod -Method Post -ContentType 'application/json; charset=utf-8' -Body ([Text.Encoding]::UTF8.GetBytes($_)) " + address + " }"},
		{Label: l.T("source.example_curl"), Text: `curl -fsS --data-binary '{"Hostname":"test","Message":"hello"}' ` + address},
	}
}
