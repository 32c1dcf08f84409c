package ui

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) inventoryRoutes() {
	s.echo.GET("/inventory", s.inventory)
	s.echo.GET("/inventory.csv", s.inventoryCSV)
	s.echo.GET("/devices/:id/inventory", s.deviceInventory)
	s.echo.GET("/devices/:id/inventory.csv", s.deviceInventoryCSV)
	s.echo.POST("/devices/:id/coverage", s.addCoverage)
	s.echo.POST("/devices/:id/coverage/:entry/delete", s.deleteCoverage)
}

// stocked is a device with what a list says of what it is made of. The lists of parts and programs are looked through, never held:
// thousands of devices have a thousand programs each.
type stocked struct {
	appliance.DeviceView
	parts, programs, ports int
	ends                   *appliance.Coverage // what ends next, or ended last
	found                  string              // the first of its parts, programs and end dates that has the word in it
}

func (s *Server) allStocked(ctx context.Context, word string) ([]stocked, error) {
	views, err := s.App.Devices(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]stocked, len(views))
	at := make(map[appliance.ID]*stocked, len(views))
	for i, v := range views {
		out[i] = stocked{DeviceView: v}
		at[v.ID] = &out[i]
	}
	return out, s.App.EachInventory(ctx, func(inv appliance.Inventory) error {
		d := at[inv.Device]
		if d == nil {
			return nil
		}
		d.parts, d.programs, d.ports = len(inv.Parts), len(inv.Software), len(inv.Ports)
		for _, c := range inv.Coverage {
			if d.ends == nil || c.Until < d.ends.Until {
				d.ends = &c
			}
		}
		d.found = mentions(inv, strings.TrimSpace(word))
		return nil
	})
}

// mentions is the first text of an inventory that has a word in it.
func mentions(inv appliance.Inventory, word string) string {
	if word == "" {
		return ""
	}
	for _, p := range inv.Parts {
		if text := p.Model + "\n" + p.Serial; contains(text, word) {
			return text
		}
	}
	for _, p := range inv.Software {
		if text := p.Name + " " + p.Version; contains(text, word) {
			return text
		}
	}
	for _, c := range inv.Coverage {
		if text := c.Name + "\n" + c.Reference; contains(text, word) {
			return text
		}
	}
	return ""
}

// pickStocked filters and sorts. A disk's serial number and a program's name find their device too.
func pickStocked(all []stocked, list view.List) []stocked {
	found := keep(slices.Clone(all), list.Get("q"), func(d stocked) []string {
		return []string{d.Name, d.Place, d.Address, d.Identity.Vendor, d.Identity.Model, d.Identity.Serial, d.Identity.Firmware, d.found}
	})
	if kind := list.Get("kind"); kind != "" {
		found = slices.DeleteFunc(found, func(d stocked) bool { return string(d.Device.Kind) != kind })
	}
	text := func(of func(stocked) string) func(a, b stocked) int {
		return func(a, b stocked) int { return emptyLast(of(a), of(b)) }
	}
	ordered(found, list, map[string]func(a, b stocked) int{
		"name":     byText(func(d stocked) string { return d.Name }),
		"product":  text(func(d stocked) string { return d.Identity.Product() }),
		"serial":   text(func(d stocked) string { return d.Identity.Serial }),
		"firmware": text(func(d stocked) string { return d.Identity.Firmware }),
		"ends": text(func(d stocked) string {
			if d.ends == nil {
				return ""
			}
			return d.ends.Until
		}),
		"seen": byTime(func(d stocked) time.Time { return d.Seen }),
	})
	return found
}

func emptyLast(a, b string) int {
	if (a == "") != (b == "") {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

func (s *Server) inventory(c echo.Context) error {
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	list := view.NewList("/inventory", c.QueryParams(), "name")
	all, err := s.allStocked(c.Request().Context(), c.QueryParam("q"))
	if err != nil {
		return err
	}
	page := view.Inventory{List: list, Empty: l.nothingFound(list)}
	counts, soon := map[appliance.Kind]int{}, 0
	for _, d := range all {
		counts[d.Device.Kind]++
		if d.ends != nil {
			if _, state := d.ends.Standing(l.Local(s.App.Now())); state.Problem() {
				soon++
			}
		}
	}
	for _, k := range appliance.Kinds {
		if counts[k] > 0 {
			page.Kinds = append(page.Kinds, list.Chip("kind", string(k), l.Kind(k), "", counts[k]))
		}
	}
	page.Kinds = append([]view.Chip{list.Chip("kind", "", l.T("inventory.all"), "", len(all))}, page.Kinds...)
	for _, d := range pickStocked(all, list) {
		row := view.InventoryRow{ID: d.ID.String(), Name: d.Name, Place: d.Place, Kind: l.Kind(d.Device.Kind), Icon: kindIcon(d.Device.Kind),
			Product: d.Identity.Product(), Serial: d.Identity.Serial, Firmware: d.Identity.Firmware, Since: d.Created, Seen: d.Seen}
		if d.ends != nil {
			ends := l.coverageRow(*d.ends, s.App.Now())
			row.Ends = &ends
		}
		page.Rows = append(page.Rows, row)
	}
	frame.Title = l.T("inventory.title", "n", len(all))
	if soon > 0 {
		frame.Title = l.T("inventory.title_soon", "n", soon)
	}
	return s.render.Page(c, http.StatusOK, "inventory", frame, page)
}

func (l *Lang) coverageRow(c appliance.Coverage, now time.Time) view.CoverageRow {
	days, state := c.Standing(l.Local(now))
	until, _ := time.ParseInLocation(time.DateOnly, c.Until, l.Local(now).Location())
	key := "coverage.left_"
	if days < 0 {
		key = "coverage.over_"
	}
	return view.CoverageRow{ID: c.ID.String(), Kind: l.T("inventory.ends_" + string(c.Kind)), Name: c.Name, Reference: c.Reference, Until: until, State: state.String(),
		Text: l.T(key+string(c.Kind), "n", max(days, -days), "until", l.Date(until))}
}

func (s *Server) inventoryCSV(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	all, err := s.allStocked(c.Request().Context(), c.QueryParam("q"))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, d := range pickStocked(all, view.NewList("/inventory", c.QueryParams(), "name")) {
		row := []string{d.ID.String(), d.Name, string(d.Device.Kind), d.Place, d.Identity.Vendor, d.Identity.Model, d.Identity.Serial, d.Identity.Firmware, d.Identity.SysLocation,
			l.csvTime(d.Created), l.csvTime(d.Seen), strconv.Itoa(d.parts), strconv.Itoa(d.programs), strconv.Itoa(d.ports), "", ""}
		if d.ends != nil {
			row[14], row[15] = string(d.ends.Kind), d.ends.Until
		}
		rows = append(rows, row)
	}
	return WriteCSV(c, "inventory", []string{"id", "name", "kind", "place", "vendor", "model", "serial", "firmware", "told_location", "first_seen", "last_seen",
		"parts", "programs", "ports", "next_end", "next_end_date"}, rows)
}

func (s *Server) stockOf(c echo.Context) (appliance.DeviceView, appliance.Inventory, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.DeviceView{}, appliance.Inventory{}, err
	}
	v, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return v, appliance.Inventory{}, err
	}
	inv, err := s.App.Inventory(c.Request().Context(), id)
	return v, inv, err
}

func programs(inv appliance.Inventory, list view.List) []appliance.Software {
	found := keep(slices.Clone(inv.Software), list.Get("q"), func(p appliance.Software) []string { return []string{p.Name, p.Version} })
	ordered(found, list, map[string]func(a, b appliance.Software) int{
		"name":  byText(func(p appliance.Software) string { return p.Name }),
		"since": byTime(func(p appliance.Software) time.Time { return p.First }),
	})
	return found
}

func (s *Server) deviceInventory(c echo.Context) error {
	form := view.Form{Values: map[string]string{"kind": string(appliance.CoverageWarranty)}}
	if entry := c.QueryParam("end"); entry != "" {
		_, inv, err := s.stockOf(c)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(inv.Coverage, func(e appliance.Coverage) bool { return e.ID.String() == entry })
		if at < 0 {
			return appliance.ErrNotFound
		}
		form.Values = coverageValues(inv.Coverage[at])
	}
	return s.showStock(c, http.StatusOK, form)
}

func coverageValues(e appliance.Coverage) map[string]string {
	values := map[string]string{"entry": e.ID.String(), "kind": string(e.Kind), "until": e.Until, "name": e.Name, "reference": e.Reference}
	if e.Warn > 0 {
		values["warn"] = strconv.Itoa(e.Warn)
	}
	return values
}

func (s *Server) showStock(c echo.Context, status int, form view.Form) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("inventory.of", "name", v.Name)
	list := view.NewList("/devices/"+v.ID.String()+"/inventory", c.QueryParams(), "name")
	page := view.DeviceInventory{ID: v.ID.String(), Name: v.Name, Form: form, Open: len(form.Errors) > 0 || form.Value("entry") != "", Entry: form.Value("entry"), CanEdit: can(c, access.EditDevices), List: list, Total: len(inv.Software),
		Cut: inv.PartsCut || inv.SoftwareCut, Empty: l.nothingFound(list)}
	page.Facts = l.stockFacts(v, inv)
	for _, k := range appliance.CoverageKinds {
		page.Kinds = append(page.Kinds, view.Option{Value: string(k), Label: l.T("inventory.ends_" + string(k))})
	}
	for _, e := range inv.Coverage {
		row := l.coverageRow(e, s.App.Now())
		row.Edit = "/devices/" + v.ID.String() + "/inventory?end=" + e.ID.String() + "#end"
		page.Coverage = append(page.Coverage, row)
	}
	for _, p := range inv.Parts {
		page.Parts = append(page.Parts, view.PartRow{Kind: l.T("inventory.part_" + string(p.Kind)), Slot: p.Slot, Model: p.Model, Serial: p.Serial, Firmware: p.Firmware, Since: p.First})
	}
	for _, p := range programs(inv, list) {
		page.Software = append(page.Software, view.SoftwareRow{Name: p.Name, Version: p.Version, Since: p.First})
	}
	return s.render.Page(c, status, "device-inventory", frame, page)
}

func (l *Lang) stockFacts(v appliance.DeviceView, inv appliance.Inventory) []view.Fact {
	var out []view.Fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, view.Fact{Name: l.T(key), Value: value})
		}
	}
	add("inventory.maker", v.Identity.Vendor)
	add("inventory.model", v.Identity.Model)
	add("inventory.serial", v.Identity.Serial)
	add("inventory.firmware", v.Identity.Firmware)
	add("inventory.place", v.Place)
	add("inventory.told_place", v.Identity.SysLocation)
	add("inventory.first", l.Date(v.Created))
	if !v.Seen.IsZero() {
		add("inventory.seen", l.When(v.Seen))
	}
	off := 0
	for _, p := range inv.Ports {
		if p.Off {
			off++
		}
	}
	if len(inv.Ports) > 0 {
		add("inventory.ports", l.T("inventory.ports_count", "n", len(inv.Ports), "off", off))
	}
	if inv.Read.IsZero() {
		add("inventory.read", l.T("inventory.read_never"))
	} else {
		add("inventory.read", l.When(inv.Read))
	}
	return out
}

// deviceInventoryCSV is everything the device is made of; the filter of the programs is not asked, for it hides no part.
func (s *Server) deviceInventoryCSV(c echo.Context) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	var rows [][]string
	for _, p := range inv.Parts {
		rows = append(rows, []string{string(p.Kind), p.Slot, p.Model, p.Serial, p.Firmware, l.csvTime(p.First), "", ""})
	}
	for _, p := range programs(inv, view.NewList("", c.QueryParams(), "name")) {
		rows = append(rows, []string{"software", p.Name, "", "", p.Version, l.csvTime(p.First), "", ""})
	}
	for _, p := range inv.Ports {
		state := "on"
		if p.Off {
			state = "off"
		}
		rows = append(rows, []string{"port", p.Name, p.Alias, "", "", "", "", state})
	}
	for _, e := range inv.Coverage {
		rows = append(rows, []string{string(e.Kind), e.Name, "", e.Reference, "", "", e.Until, ""})
	}
	return WriteCSV(c, "inventory-"+v.Name, []string{"kind", "name", "model", "serial", "version", "first_seen", "until", "state"}, rows)
}

// addCoverage keeps an end date: a new one, or with a number in the form the one that has it.
func (s *Server) addCoverage(c echo.Context) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, "entry", "kind", "until", "name", "reference", "warn")
	warn, _ := strconv.Atoi(form.Value("warn"))
	entry := appliance.Coverage{Kind: appliance.CoverageKind(form.Value("kind")), Until: form.Value("until"), Name: form.Value("name"), Reference: form.Value("reference"), Warn: warn}
	list := slices.Clone(inv.Coverage)
	if number := form.Value("entry"); number == "" {
		list = append(list, entry)
	} else if at := slices.IndexFunc(list, func(e appliance.Coverage) bool { return e.ID.String() == number }); at >= 0 {
		entry.ID, entry.Alarm = list[at].ID, list[at].Alarm
		list[at] = entry
	} else {
		return appliance.ErrNotFound
	}
	if err := s.App.SaveCoverage(c.Request().Context(), actor(c), v.ID, list); err != nil {
		if !s.failForm(&form, l, err, map[string]string{"coverage": ""}) {
			return err
		}
		return s.showStock(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, "/devices/"+v.ID.String()+"/inventory", l.T("inventory.saved"))
}

func (s *Server) deleteCoverage(c echo.Context) error {
	v, inv, err := s.stockOf(c)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(inv.Coverage), func(e appliance.Coverage) bool { return e.ID.String() == c.Param("entry") })
	if len(left) == len(inv.Coverage) {
		return appliance.ErrNotFound
	}
	if err := s.App.SaveCoverage(c.Request().Context(), actor(c), v.ID, left); err != nil {
		return err
	}
	return s.done(c, "/devices/"+v.ID.String()+"/inventory", s.render.Lang(s.frame(c, "").Lang).T("inventory.deleted"))
}
